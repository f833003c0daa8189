"""From checks and findings to four axis scores and a total.

Correctness and edge cases are the weighted share of checks that passed, put on 1 to 10. Quality and
documentation start from what the language's analyzers make of the code; a failed check of the task's
own takes off its weight in points. Then the axes bound each other: edge cases count at most what
correctness does, and less where callers are not told of them; quality and documentation of wrong code
are bounded by how wrong it is. The total is at most correctness: no wrong answer is carried by its
manners. It is also bounded by padding: no right answer is as good under it as without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pytest_llmbench.scoring.axis_weights import DEFAULT_AXIS_WEIGHTS, EQUAL_WEIGHTS, AxisWeights
from pytest_llmbench.scoring.scorecard import AXES, Axis, AxisScores, Check, Finding

LOWEST = 1.0
HIGHEST = 10.0

ALL_LOWEST = AxisScores(correctness=LOWEST, quality=LOWEST, documentation=LOWEST, edge_cases=LOWEST)
"""The axes of a reply without code."""

BOUND = "bounded-by-correctness"
UNTOLD = "untold-edges"
PADDED = "padded"


class Bounded(NamedTuple):
    """The axis scores, and a finding for each that another axis has lowered."""

    scores: AxisScores
    findings: tuple[Finding, ...]


def axis_scores(
    checks: Sequence[Check],
    *,
    quality: float | None = None,
    documentation: float | None = None,
    weights: AxisWeights = DEFAULT_AXIS_WEIGHTS,
) -> Bounded:
    """Score the axes.

    Args:
        checks: All checks of the task, those that were never reached included.
        quality: What the analyzers make of the code, 1 to 10; None where nothing was analyzed.
        documentation: Likewise.
        weights: How the axes bound each other.

    Returns:
        A score from 1 to 10 per axis; None for an axis without checks that no analyzer judged.
    """
    correctness = _share(c for c in checks if c.axis == "correctness")
    scores: dict[Axis, float | None] = {
        "correctness": correctness,
        "quality": _less(quality, [c for c in checks if c.axis == "quality"]),
        "documentation": _less(documentation, [c for c in checks if c.axis == "documentation"]),
        "edge_cases": _share(c for c in checks if c.axis == "edge_cases"),
    }
    findings: list[Finding] = []
    if correctness is not None:
        manners = HIGHEST - weights.manners * (HIGHEST - correctness)
        most_of: dict[Axis, float] = {
            "quality": manners,
            "documentation": manners,
            "edge_cases": correctness,
        }
        for axis, most in most_of.items():
            text = f"counts at most {most:.2f}, as correctness is {correctness:.2f}"
            _lower(scores, axis, most, findings, BOUND, text)
    edge_cases, told = scores["edge_cases"], scores["documentation"]
    if edge_cases is not None and told is not None and weights.of_total["documentation"] > 0:
        untold = (HIGHEST - told) / (HIGHEST - LOWEST)
        most = LOWEST + (edge_cases - LOWEST) * (1 - weights.told * untold)
        text = f"documentation is {told:.2f}: what happens at the edges is only partly told"
        _lower(scores, "edge_cases", most, findings, UNTOLD, text)
    return Bounded(AxisScores(**scores), tuple(findings))


def total_score(axes: AxisScores, weights: Mapping[Axis, float] = EQUAL_WEIGHTS) -> float:
    """Give min(weighted mean of the axes that have a score, correctness); the lowest score where none has."""
    scores: dict[Axis, float | None] = {axis: getattr(axes, axis) for axis in AXES}
    known = {axis: score for axis, score in scores.items() if score is not None and weights[axis] > 0}
    if not known:
        return LOWEST
    mean = sum(weights[axis] * score for axis, score in known.items()) / sum(weights[axis] for axis in known)
    return mean if axes.correctness is None else min(mean, axes.correctness)


def under_padding(
    total: float, padding: float, weights: AxisWeights = DEFAULT_AXIS_WEIGHTS
) -> tuple[float, tuple[Finding, ...]]:
    """Bound a total by the points that went for what does nothing; say so where that lowers it."""
    most = max(weights.padded_least, HIGHEST - weights.padded * padding)
    if total <= most or not weights.of_total["quality"]:
        return total, ()
    text = f"{padding:.2f} points went for what does nothing: the total counts at most {most:.2f}"
    return most, (Finding(axis="quality", rule=PADDED, points=0.0, message=text),)


def _lower(
    scores: dict[Axis, float | None],
    axis: Axis,
    most: float,
    findings: list[Finding],
    rule: str,
    message: str,
) -> None:
    score = scores[axis]
    if score is not None and score > most:
        scores[axis] = most
        findings.append(Finding(axis=axis, rule=rule, points=round(most - score, 2), message=message))


def _share(checks: Iterable[Check]) -> float | None:
    found = list(checks)
    if not found:
        return None
    passed = sum(check.weight for check in found if check.passed)
    return LOWEST + (HIGHEST - LOWEST) * passed / sum(check.weight for check in found)


def _less(base: float | None, checks: Sequence[Check]) -> float | None:
    if base is None and not checks:
        return None
    lost = sum(check.weight for check in checks if not check.passed)
    return max(LOWEST, (HIGHEST if base is None else base) - lost)
