"""What changed since a baseline: two columns of scores, joined by a line per model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.document import BaselinePart, ChangePart, ModelPart, RunDocument
from pytest_llmbench.report.numbers import count, fixed
from pytest_llmbench.report.verdict import name

_TOP = 34.0
_APART = 16.0
_LEAST_HEIGHT = 120.0
_PER_LINE = 26.0
_LEAST_SPAN = 1.0
"""Points from the lowest to the highest score: less would make much of little."""


class SlopeLine(NamedTuple):
    """A model's line. `direction` is -1, 0 or 1, and 0 unless the change is sure."""

    model: ModelPart
    change: ChangePart
    direction: int
    before: float
    after: float
    before_label: float
    after_label: float

    @property
    def gain(self) -> float:
        """The score less the baseline's."""
        return (self.change.after or 0.0) - (self.change.before or 0.0)


class Change(NamedTuple):
    """The picture, and what it shows in a sentence. `missing` are models that only one of the runs scored."""

    baseline: BaselinePart
    headline: str
    lines: list[SlopeLine]
    height: float
    missing: list[str]


def change(document: RunDocument) -> Change | None:
    """Lay out the change; None where the run was not compared with a baseline."""
    baseline = document.baseline
    if baseline is None:
        return None
    models = {model.id: model for model in document.models}
    both = [
        part
        for part in baseline.changes
        if part.model in models and part.before is not None and part.after is not None
    ]
    rest = [part for part in baseline.changes if part not in both]
    lines = _lines(both, models)
    missing = [
        name(models[part.model]) if part.model in models else one_line(part.model, 60) for part in rest
    ]
    return Change(baseline, _headline(baseline, lines), lines, _bottom(lines) + 16, missing)


def _bottom(lines: Sequence[object]) -> float:
    """Give the place of the lowest score."""
    return _TOP + max(_LEAST_HEIGHT, _PER_LINE * len(lines))


def _lines(changes: list[ChangePart], models: dict[str, ModelPart]) -> list[SlopeLine]:
    scores = [score for part in changes for score in (part.before, part.after) if score is not None]
    high, bottom = max(scores, default=0.0), _bottom(changes)
    span = max(_LEAST_SPAN, high - min(scores, default=0.0))

    def place(score: float | None) -> float:
        return round(_TOP + (bottom - _TOP) * (high - (score or 0.0)) / span, 1)

    before = [place(part.before) for part in changes]
    after = [place(part.after) for part in changes]
    left, right = _spaced(before, bottom), _spaced(after, bottom)
    lines = [
        SlopeLine(models[part.model], part, _direction(part), before[at], after[at], left[at], right[at])
        for at, part in enumerate(changes)
    ]
    return sorted(lines, key=lambda line: line.after)


def _direction(part: ChangePart) -> int:
    gain = (part.after or 0.0) - (part.before or 0.0)
    return 0 if not part.sure or not gain else 1 if gain > 0 else -1


def _spaced(places: list[float], bottom: float) -> list[float]:
    """Move labels apart, and the whole lot up again where that pushed them out at the bottom."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for one, other in pairwise(order):
        moved[other] = max(moved[other], moved[one] + _APART)
    limit = bottom + 8
    for at in reversed(order):
        moved[at] = min(moved[at], limit)
        limit = moved[at] - _APART
    return [round(place, 1) for place in moved]


def _headline(baseline: BaselinePart, lines: list[SlopeLine]) -> str:
    better = [line for line in lines if line.direction > 0]
    worse = [line for line in lines if line.direction < 0]
    since = f"since {one_line(baseline.name, 60)}"
    if not lines:
        return f"No model has a score both now and in {one_line(baseline.name, 60)}"
    if not better and not worse:
        return f"No change {since} is sure"
    parts = [
        f"{_who(group)} {'is' if len(group) == 1 else 'are'} {word}"
        for group, word in ((better, "better"), (worse, "worse"))
        if group
    ]
    return (
        f"{' and '.join(parts)} {since}; for the rest it cannot be told"
        if len(better) + len(worse) < len(lines)
        else f"{' and '.join(parts)} {since}"
    )


def _who(lines: list[SlopeLine]) -> str:
    if len(lines) == 1:
        gain = lines[0].gain
        return f"{name(lines[0].model)} ({'+' if gain > 0 else '−'}{fixed(abs(gain))})"  # noqa: RUF001
    return count(len(lines), "model")
