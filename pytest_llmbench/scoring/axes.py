"""From checks and findings to four axis scores and a total.

Correctness and edge cases are the weighted share of checks that passed, put on 1 to 10. Quality and
documentation start from what the language's analyzers make of the code; a failed check of the task's
own takes off its weight in points. Edge cases count at most what correctness does, and the total is
at most correctness: no wrong answer is carried by its manners.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pytest_llmbench.scoring.scorecard import AXES, Axis, AxisScores, Check

LOWEST = 1.0
HIGHEST = 10.0

ALL_LOWEST = AxisScores(correctness=LOWEST, quality=LOWEST, documentation=LOWEST, edge_cases=LOWEST)
"""The axes of a reply without code."""

EQUAL_WEIGHTS: Mapping[Axis, float] = dict.fromkeys(AXES, 1.0)


def axis_scores(
    checks: Sequence[Check], *, quality: float | None = None, documentation: float | None = None
) -> AxisScores:
    """Score the axes.

    Args:
        checks: All checks of the task, those that were never reached included.
        quality: What the analyzers make of the code, 1 to 10; None where nothing was analyzed.
        documentation: Likewise.

    Returns:
        A score from 1 to 10 per axis; None for an axis without checks that no analyzer judged.
    """
    correctness = _share(c for c in checks if c.axis == "correctness")
    edge_cases = _share(c for c in checks if c.axis == "edge_cases")
    if edge_cases is not None and correctness is not None:
        edge_cases = min(edge_cases, correctness)
    return AxisScores(
        correctness=correctness,
        quality=_less(quality, [c for c in checks if c.axis == "quality"]),
        documentation=_less(documentation, [c for c in checks if c.axis == "documentation"]),
        edge_cases=edge_cases,
    )


def total_score(axes: AxisScores, weights: Mapping[Axis, float] = EQUAL_WEIGHTS) -> float:
    """Give min(weighted mean of the axes that have a score, correctness); the lowest score where none has."""
    scores: dict[Axis, float | None] = {axis: getattr(axes, axis) for axis in AXES}
    known = {axis: score for axis, score in scores.items() if score is not None and weights[axis] > 0}
    if not known:
        return LOWEST
    mean = sum(weights[axis] * score for axis, score in known.items()) / sum(weights[axis] for axis in known)
    return mean if axes.correctness is None else min(mean, axes.correctness)


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
