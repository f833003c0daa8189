"""How far scores agree with a reviewer's labels: figures over answers that were judged, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_llmbench.scoring.axes import HIGHEST, LOWEST, total_score
from pytest_llmbench.scoring.scorecard import AXES, AxisScores

NEAR = 0.5
HAIR = 1e-9
MERGED_FROM = 6.5
WRONG_UP_TO = 4.0
RANK: Mapping[str, int] = {"excellent": 4, "good": 3, "padded": 2, "lazy": 1, "flawed": 1, "wrong": 0}
"""The tiers in order; what is malformed is in none of them."""

FACTORS = tuple(round(0.5 + 0.05 * step, 2) for step in range(31))
"""What is tried for the factor of an axis when factors are fitted, 0.5 to 2."""


@dataclass(frozen=True)
class Judged:
    """One labelled answer with the scores that it got.

    A label may leave out axes, its tier or the word on merging; what it leaves out is not counted.
    `failed` are the labels of the checks that failed, `notes` say where points went, a line each.
    """

    task: str
    name: str
    label: Mapping[str, Any]
    axes: AxisScores
    total: float
    failed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def rank(self) -> int | None:
        """The place of its tier."""
        return RANK.get(self.label.get("tier", ""))

    def offs(self) -> Iterable[tuple[str, float]]:
        """Give each labelled axis with how far its score lies above (or, negative, below) the range."""
        for axis in AXES:
            score = getattr(self.axes, axis)
            if axis in self.label and score is not None:
                low, high = self.label[axis]
                yield axis, max(0.0, score - high) - max(0.0, low - score)


@dataclass
class Figures:
    """What the labelled answers of a task, or of all, say of the scores."""

    scores: int = 0
    inside: int = 0
    near: int = 0
    pairs: int = 0
    ordered: int = 0
    merges: int = 0
    agreed: int = 0
    too_high: list[str] = field(default_factory=list)
    misordered: list[str] = field(default_factory=list)
    merged_otherwise: list[str] = field(default_factory=list)

    def __add__(self, other: Figures) -> Figures:
        """Put the figures of two tasks together."""
        return Figures(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def figures(answers: Sequence[Judged]) -> Figures:
    """Give the figures of answers to one task."""
    found = Figures()
    for one in answers:
        for _, off in one.offs():
            found.scores += 1
            found.inside += abs(off) <= HAIR
            found.near += abs(off) <= NEAR + HAIR
        if "would_merge" in one.label:
            found.merges += 1
            agrees = (one.total >= MERGED_FROM) == one.label["would_merge"]
            found.agreed += agrees
            if not agrees:
                found.merged_otherwise.append(f"{one.task}/{one.name} {one.total:.2f}")
        if one.label.get("tier") == "wrong" and one.total > WRONG_UP_TO:
            found.too_high.append(f"{one.task}/{one.name} {one.total:.2f}")
    ranked = [one for one in answers if one.rank is not None]
    for first, second in itertools.combinations(ranked, 2):
        if first.rank == second.rank:
            continue
        better, worse = sorted((first, second), key=lambda one: one.rank or 0, reverse=True)
        found.pairs += 1
        found.ordered += better.total > worse.total
        if better.total <= worse.total:
            found.misordered.append(
                f"{better.task}: {better.name} ({better.label['tier']}, {better.total:.2f})"
                f" not above {worse.name} ({worse.label['tier']}, {worse.total:.2f})"
            )
    return found


def by_task(answers: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Give the answers of each task."""
    found: dict[str, list[Judged]] = {}
    for one in answers:
        found.setdefault(one.task, []).append(one)
    return found


def overall(answers: Iterable[Judged]) -> Figures:
    """Give the figures over all tasks; pairs are of one task."""
    return sum((figures(found) for found in by_task(answers).values()), Figures())


def fitted(answers: Sequence[Judged]) -> dict[str, float]:
    """Give the factor of each axis that suits labelled answers best; the one nearest to 1 where several do.

    A factor multiplies what an answer lost on an axis.
    """
    return {axis: max(FACTORS, key=lambda factor: _suits(answers, axis, factor)) for axis in AXES}


def _suits(answers: Sequence[Judged], axis: str, factor: float) -> tuple[int, float]:
    offs = [abs(off) for one in answers for name, off in rescored(one, {axis: factor}).offs() if name == axis]
    return sum(off <= NEAR + HAIR for off in offs), -abs(factor - 1)


def rescored(one: Judged, factors: Mapping[str, float]) -> Judged:
    """Give an answer the scores that it would have with these factors."""
    scores = {
        axis: None if score is None else max(LOWEST, HIGHEST - factors.get(axis, 1.0) * (HIGHEST - score))
        for axis, score in ((axis, getattr(one.axes, axis)) for axis in AXES)
    }
    correctness, edge_cases = scores["correctness"], scores["edge_cases"]
    if correctness is not None and edge_cases is not None:
        scores["edge_cases"] = min(edge_cases, correctness)
    axes = AxisScores(**scores)
    total, padded = total_score(axes), one.total < total_score(one.axes) - HAIR
    total = min(total, one.total) if padded else total
    return Judged(one.task, one.name, one.label, axes, total, one.failed, one.notes)
