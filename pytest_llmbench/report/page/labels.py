"""Placing names beside marks so that neither covers the other: a small search with a cost for overlaps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

CHARACTER = 7.4
"""A character's width at the size of labels, in pixels, by a wide font."""
LINE = 15.0

_ROUNDS = 3
_NEAR = 11.0
_RADII = (_NEAR, 20.0, 30.0, 44.0, 60.0)
_DIRECTIONS = 16
_WHISKER = 3.0


class Box(NamedTuple):
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Give the area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def outside(self, frame: Box) -> float:
        """Give how far this sticks out of a frame, all sides added up."""
        return (
            max(0.0, frame.left - self.left)
            + max(0.0, self.right - frame.right)
            + max(0.0, frame.top - self.top)
            + max(0.0, self.bottom - frame.bottom)
        )


class Point(NamedTuple):
    """A mark: its place, and the ends of the line through it."""

    x: float
    y: float
    low: float
    high: float


class Place(NamedTuple):
    """Where a label's box lies, and how far from its mark."""

    box: Box
    distance: float


def place_labels(
    points: Sequence[Point], texts: Sequence[str], frame: Box, lines: Sequence[Box] = ()
) -> list[Place]:
    """Choose a place for each text beside its point.

    Args:
        points: The marks, which labels must not cover.
        texts: One per point.
        frame: What labels must stay inside of.
        lines: What else labels should keep off.

    Returns:
        A place per text. The same input gives the same places.
    """
    obstacles = [*lines, *(box for point in points for box in _obstacles(point))]
    options = [list(_options(point, text)) for point, text in zip(points, texts, strict=True)]
    fixed = [[_fixed_cost(place, obstacles, frame) for place in places] for places in options]
    chosen = [min(range(len(costs)), key=costs.__getitem__) for costs in fixed]
    for _ in range(_ROUNDS):
        for label, places in enumerate(options):
            others = [options[i][at].box for i, at in enumerate(chosen) if i != label]
            costs = [fixed[label][i] + _clash(place.box, others) for i, place in enumerate(places)]
            chosen[label] = min(range(len(costs)), key=costs.__getitem__)
    return [places[at] for places, at in zip(options, chosen, strict=True)]


def leader(point: Point, place: Place) -> tuple[float, float] | None:
    """Give the end of a line from a point to its label; None where the label is next to it."""
    if place.distance <= _NEAR:
        return None
    box = place.box
    return min(max(point.x, box.left), box.right), min(max(point.y, box.top + 3), box.bottom - 3)


def _obstacles(point: Point) -> Iterator[Box]:
    yield Box(point.x - 7, point.y - 7, point.x + 7, point.y + 7)
    yield Box(point.x - _WHISKER, point.high, point.x + _WHISKER, point.low)


def _options(point: Point, text: str) -> Iterator[Place]:
    width = len(text) * CHARACTER
    for radius in _RADII:
        for step in range(_DIRECTIONS):
            angle = 2 * math.pi * step / _DIRECTIONS
            x, y = point.x + radius * math.cos(angle), point.y - radius * math.sin(angle)
            left = x - width * (1 - math.cos(angle)) / 2
            top = y - LINE * (1 + math.sin(angle)) / 2
            yield Place(Box(left, top, left + width, top + LINE), radius)


def _fixed_cost(place: Place, obstacles: Sequence[Box], frame: Box) -> float:
    return (
        place.distance * 2
        + place.box.outside(frame) * 50
        + sum(place.box.overlap(box) * 2 for box in obstacles)
    )


def _clash(box: Box, others: Sequence[Box]) -> float:
    grown = Box(box.left - 4, box.top - 1, box.right + 4, box.bottom + 1)
    return sum(grown.overlap(other) * 4 for other in others)
