"""Score against price: which models nothing cheaper beats, and what the next step up costs.

The picture is laid out twice, for wide and for narrow screens, since text that is shrunk with a
picture cannot be read on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, RunDocument
from pytest_llmbench.report.numbers import dollars, fixed, span
from pytest_llmbench.report.page.labels import Box, Place, Point, leader, place_labels
from pytest_llmbench.report.page.scales import price_scale, score_scale
from pytest_llmbench.report.verdict import name

_LEAST = 2
_APART = 9.0
"""Pixels between the lines of two marks."""
_MANY = 15
"""From here on, marks carry their rank instead of a name."""


class Mark(NamedTuple):
    """A model in the picture, with its label."""

    model: ModelPart
    point: Point
    whisker: bool
    front: bool
    text: str
    place: Place
    leader: tuple[float, float] | None

    @property
    def text_at(self) -> tuple[float, str]:
        """Where the text starts, ends or has its middle, so that a narrower font stays at its mark."""
        box = self.place.box
        if box.left >= self.point.x:
            return round(box.left, 1), "start"
        if box.right <= self.point.x:
            return round(box.right, 1), "end"
        return round((box.left + box.right) / 2, 1), "middle"


class Picture(NamedTuple):
    """One drawing. Places are in CSS pixels at its natural size; labels are ranks where names do not fit."""

    kind: str
    width: int
    height: int
    frame: Box
    x_ticks: list[tuple[str, float]]
    y_ticks: list[tuple[str, float]]
    marks: list[Mark]
    front: str
    ranks: bool


class Step(NamedTuple):
    """From one model of the front to the next: what more it scores and costs, and whether that is sure."""

    model: ModelPart
    before: ModelPart
    score: float
    price: float
    sure: bool | None


class Scatter(NamedTuple):
    """The pictures, the text that stands for them, and the steps along the front."""

    pictures: list[Picture]
    text: str
    headline: str
    steps: list[Step]


def scatter(document: RunDocument, comparison: Comparison) -> Scatter | None:
    """Lay out score against price; None where fewer than two ranked models have a price."""
    models = [model for model in comparison.ranked if model.price_output]
    if len(models) < _LEAST:
        return None
    front = _front(models)
    sizes = (("wide", 760, 420), ("narrow", 340, 380))
    return Scatter(
        pictures=[_picture(models, front, *size) for size in sizes],
        text=_text(models),
        headline=_headline(models, front),
        steps=_steps(front, comparison),
    )


def _front(models: Sequence[ModelPart]) -> list[ModelPart]:
    """Give the models that no cheaper or equally cheap one reaches, cheapest first; routers left out."""
    front: list[ModelPart] = []
    for model in sorted(models, key=lambda model: (model.price_output or 0.0, -(model.score or 0.0))):
        if not model.router and (not front or (model.score or 0.0) > (front[-1].score or 0.0)):
            front.append(model)
    return front


def _headline(models: Sequence[ModelPart], front: Sequence[ModelPart]) -> str:
    beaten = len([model for model in models if not model.router]) - len(front)
    if len(front) == 1:
        return f"{name(front[0])}: no other model scores higher or costs less"
    return f"{len(front)} models make the front" + (
        f"; {beaten} are beaten on price or score" if beaten > 1 else ""
    )


def _steps(front: Sequence[ModelPart], comparison: Comparison) -> list[Step]:
    steps = []
    for before, model in pairwise(front):
        tied = comparison.tied(model.id, before.id)
        gain = (model.score or 0.0) - (before.score or 0.0)
        price = (model.price_output or 0.0) - (before.price_output or 0.0)
        steps.append(Step(model, before, gain, price, None if tied is None else not tied))
    return steps


def _text(models: Sequence[ModelPart]) -> str:
    said = [f"{name(m)}: {fixed(m.score)} ({span(m.interval)}) at {dollars(m.price_output)}" for m in models]
    return "; ".join(said) + "."


def _picture(
    models: Sequence[ModelPart], front: Sequence[ModelPart], kind: str, width: int, height: int
) -> Picture:
    frame = Box(34, 30, width - 12, height - 48)
    area = _Area(frame, models)
    short = kind == "narrow" or len(models) > _MANY
    texts = [f"{model.rank}" if short else name(model) + "*" * model.router for model in models]
    points = _apart([area.point(model) for model in models])
    stairs = sorted((p for p, model in zip(points, models, strict=True) if model in front), key=lambda p: p.x)
    places = place_labels(points, texts, frame, _treads(stairs, frame))
    marks = [
        Mark(
            model=model,
            point=point,
            whisker=model.interval is not None,
            front=model in front,
            text=text,
            place=place,
            leader=leader(point, place),
        )
        for model, point, text, place in zip(models, points, texts, places, strict=True)
    ]
    return Picture(
        kind=kind,
        width=width,
        height=height,
        frame=frame,
        x_ticks=[(dollars(tick), area.x(tick)) for tick in area.prices.ticks],
        y_ticks=[(str(tick), area.y(tick)) for tick in area.scores.ticks],
        marks=marks,
        front=_stairs(stairs, frame),
        ranks=short,
    )


class _Area:
    """From prices and scores to places in a frame."""

    def __init__(self, frame: Box, models: Sequence[ModelPart]) -> None:
        self._frame = frame
        self.prices = price_scale(model.price_output or 1.0 for model in models)
        self.scores = score_scale(end for model in models for end in (model.interval or (model.score,)))

    def x(self, price: float) -> float:
        width = self._frame.right - self._frame.left
        return round(self._frame.left + width * self.prices.percent(price) / 100, 1)

    def y(self, score: float) -> float:
        height = self._frame.bottom - self._frame.top
        return round(self._frame.bottom - height * self.scores.percent(score) / 100, 1)

    def point(self, model: ModelPart) -> Point:
        score = model.score or 0.0
        low, high = model.interval or (score, score)
        return Point(self.x(model.price_output or 1.0), self.y(score), self.y(low), self.y(high))


def _apart(points: Sequence[Point]) -> list[Point]:
    """Move marks of nearly the same price a little apart, so that their intervals can be seen."""
    order = sorted(range(len(points)), key=lambda at: (points[at].x, points[at].y))
    places = [points[at].x for at in order]
    for _ in range(len(places)):
        for at in range(1, len(places)):
            short = _APART - (places[at] - places[at - 1])
            if short > 0:
                places[at - 1] -= short / 2
                places[at] += short / 2
    moved = list(points)
    for at, x in zip(order, places, strict=True):
        moved[at] = points[at]._replace(x=round(x, 1))
    return moved


def _treads(points: Sequence[Point], frame: Box) -> list[Box]:
    """Give the front's level lines as boxes that labels keep off."""
    ends = [*(point.x for point in points[1:]), frame.right]
    return [Box(point.x, point.y - 2, end, point.y + 2) for point, end in zip(points, ends, strict=True)]


def _stairs(points: Sequence[Point], frame: Box) -> str:
    """Draw the front as an SVG path: level to the next price, then up to its score."""
    path = [f"M{point.x},{point.y}" if not at else f"H{point.x}V{point.y}" for at, point in enumerate(points)]
    return "".join(path) + f"H{frame.right}"
