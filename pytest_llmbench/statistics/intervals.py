"""How large a difference between two runs may really be: intervals over the samples of fixed tasks.

The difference is the mean over tasks of the differences of the tasks' sample means. scipy is imported
when an interval is asked for.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from pytest_llmbench.statistics.permutation import Strata, mean_difference

LEVEL = 0.95
Interval = tuple[float, float]

_PAIR = 2
_DRAWS = 2000


class Spread(NamedTuple):
    """The standard error of a stratified difference, and its degrees of freedom."""

    error: float
    freedom: float


def spread(before: Strata, after: Strata) -> Spread | None:
    """Give the standard error of the difference, each task and run with a variance of its own.

    The degrees of freedom are those of Satterthwaite (An Approximate Distribution of Estimates of
    Variance Components, 1946), of which Welch's test (The Generalization of Student's Problem, 1947) is
    the case of one task. None where a task has fewer than two samples in a run.
    """
    groups = [*before, *after]
    if not groups or min(map(len, groups)) < _PAIR:
        return None
    parts = [_variance(group) / len(group) / len(before) ** 2 for group in groups]
    total = math.fsum(parts)
    if total == 0:
        return Spread(0.0, math.inf)
    below = math.fsum(part**2 / (len(group) - 1) for part, group in zip(parts, groups, strict=True))
    return Spread(math.sqrt(total), total**2 / below if below > 0 else math.inf)


def _variance(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def t_quantile(level: float, freedom: float) -> float:
    """Give how many standard errors an interval of a level reaches to each side."""
    from scipy import special

    tail = (1 + level) / 2
    return float(special.ndtri(tail) if math.isinf(freedom) else special.stdtrit(freedom, tail))


def t_interval(before: Strata, after: Strata, *, level: float = LEVEL) -> Interval | None:
    """Give Student's t interval of the difference; None where a task has fewer than two samples in a run.

    Source: Student, The Probable Error of a Mean, 1908; the freedom as in `spread`.
    """
    found = spread(before, after)
    if found is None:
        return None
    half = t_quantile(level, found.freedom) * found.error
    middle = mean_difference(before, after)
    return middle - half, middle + half


def bca_interval(
    before: Strata, after: Strata, *, level: float = LEVEL, seed: int = 0, draws: int = _DRAWS
) -> Interval | None:
    """Give the bias-corrected and accelerated bootstrap interval of the difference, by scipy.

    It follows skewed values, such as times and costs, where a t interval is symmetric. With few samples
    it is too narrow (`benchmarks/gate.py` says by how much). Source: Efron, Better Bootstrap Confidence
    Intervals, 1987. None where a task has fewer than two samples in a run; a point where all values of
    each task and run are the same.
    """
    import numpy as np
    from scipy import stats

    found = spread(before, after)
    if found is None:
        return None
    middle = mean_difference(before, after)
    if found.error == 0:
        return middle, middle
    tasks = len(before)

    def difference(*groups: np.ndarray, axis: int = -1) -> np.ndarray:
        means = [np.mean(group, axis=axis) for group in groups]
        steps = [new - old for old, new in zip(means[:tasks], means[tasks:], strict=True)]
        total: np.ndarray = np.sum(steps, axis=0) / tasks
        return total

    with warnings.catch_warnings():
        # Where a resample has no spread scipy warns, and gives no number: then the t interval is given.
        warnings.simplefilter("ignore")
        result = stats.bootstrap(
            [np.asarray(group, dtype=float) for group in (*before, *after)],
            difference,
            n_resamples=draws,
            confidence_level=level,
            method="BCa",
            vectorized=True,
            rng=np.random.default_rng(seed),
        )
    low, high = map(float, result.confidence_interval)
    return (
        (low, high) if math.isfinite(low) and math.isfinite(high) else t_interval(before, after, level=level)
    )
