"""Where each point of a sample went: from full marks down to its total, one step per thing that cost some.

The steps follow the formula of the score: an axis counts by its weight, a failed check costs its share of
its axis, a finding its points, and the total is at most correctness and what padding leaves. Whatever a
floor or a cap of an axis gave back or took is a step of its own: the steps always add up to the total.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.scoring.axes import HIGHEST, LOWEST, PADDED
from pytest_llmbench.scoring.scorecard import AXES, Axis

SHOWN_STEPS = 12
_LEAST = 0.005
"""Less than this would be shown as 0.00."""
_WITH_CODE = {"scored", "truncated"}


class Step(NamedTuple):
    """One loss (or, where `points` is above 0, one gain). `line` is the first line of code that it is about.

    `low` and `high` are the ends of its bar, in percent from the lowest level (rounded down) to full marks.
    """

    label: str
    where: str
    points: float
    line: int | None = None
    low: float = 0.0
    high: float = 0.0


def steps(sample: SamplePart, weights: Mapping[str, float]) -> list[Step]:
    """Give the steps from full marks to a sample's total, the dearest first; none where there is no total.

    Args:
        sample: The sample.
        weights: What each axis counts for; 1 where none is given.
    """
    if sample.total is None or sample.status not in _WITH_CODE:
        return []
    shares = _shares(sample, weights)
    if not shares:
        return []
    found = [step for axis, share in shares.items() for step in _axis_steps(sample, axis, share)]
    found.sort(key=lambda step: step.points)
    told = sum(step.points for step in found)
    mean = sum(share * getattr(sample.axes, axis) for axis, share in shares.items())
    cap = min(0.0, sample.total - mean)
    padded = any(finding.rule == PADDED for finding in sample.findings)
    found += _step("what padding leaves" if padded else "never above correctness", "total", cap)
    found += _step("limits of an axis", "total", sample.total - HIGHEST - told - cap)
    return _placed(_shortened(found))


def _shares(sample: SamplePart, weights: Mapping[str, float]) -> dict[Axis, float]:
    """Give the axes that count for the total, and which part of it each of them is."""
    known = {axis: weights.get(axis, 1.0) for axis in AXES if getattr(sample.axes, axis) is not None}
    whole = sum(known.values())
    return {axis: weight / whole for axis, weight in known.items() if weight > 0}


def _axis_steps(sample: SamplePart, axis: Axis, share: float) -> Iterator[Step]:
    word = AXIS_WORDS[axis]
    checks = [check for check in sample.checks if check.axis == axis]
    whole = sum(check.weight for check in checks)
    by_share = axis in {"correctness", "edge_cases"}
    for check in checks:
        if not check.passed:
            points = (HIGHEST - LOWEST) * check.weight / whole if by_share else check.weight
            yield from _step(check.label, f"{word}, check", -points * share)
    rules: dict[str, list[tuple[float, int | None, str]]] = {}
    for finding in sample.findings:
        if finding.axis == axis and finding.points:
            rules.setdefault(finding.rule, []).append((finding.points, finding.line, finding.message))
    for found in rules.values():
        points, lines = sum(points for points, _, _ in found), [line for _, line, _ in found if line]
        place = f", line {lines[0]}" if lines else ""
        more = f" ({len(found)} times)" if len(found) > 1 else ""
        yield from _step(found[0][2] + more, word + place, points * share, lines[0] if lines else None)


def _step(label: str, where: str, points: float, line: int | None = None) -> list[Step]:
    return [Step(label, where, points, line)] if abs(points) >= _LEAST else []


def _shortened(found: list[Step]) -> list[Step]:
    if len(found) <= SHOWN_STEPS:
        return found
    rest = found[SHOWN_STEPS - 1 :]
    points = sum(step.points for step in rest)
    return [*found[: SHOWN_STEPS - 1], Step(f"{len(rest)} smaller ones", "together", points)]


def _placed(found: Sequence[Step]) -> list[Step]:
    levels = list(accumulate((step.points for step in found), initial=HIGHEST))
    floor = float(math.floor(min(levels)))

    def percent(level: float) -> float:
        return round(100 * (min(level, HIGHEST) - floor) / (HIGHEST - floor or 1.0), 1)

    ends = [sorted(pair) for pair in pairwise(levels)]
    return [
        s._replace(low=percent(low), high=percent(high)) for s, (low, high) in zip(found, ends, strict=True)
    ]
