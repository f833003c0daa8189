"""Whether a difference is more than chance: a permutation test, stratified by task.

If two runs are alike, then which run a sample of a task came from is arbitrary. So the labels are dealt
anew within each task, many times, and the p-value is the share of deals whose difference is at least as
far from 0 as the real one (Fisher, The Design of Experiments, 1935; Good, Permutation, Parametric and
Bootstrap Tests of Hypotheses, 2005, chapter 3). Tasks are never mixed: a hard task's low samples
cannot make an easy task's look bad. Nothing is assumed of the samples' distribution, which for scores is
lumpy and ends at 10.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 9999

Strata = Sequence[Sequence[float]]

_EQUAL = 1e-9
"""Sums of the same numbers in another order differ by this much at most."""


def mean_difference(before: Strata, after: Strata) -> float:
    """Give the mean over tasks of the mean of a task's samples, after less before."""
    steps = [_mean(new) - _mean(old) for old, new in zip(before, after, strict=True)]
    return math.fsum(steps) / len(steps)


def permutation_p(before: Strata, after: Strata, *, seed: int = 0, draws: int = DRAWS) -> float:
    """Give the two-sided p-value of the difference of means.

    Where a single task has at most `draws` ways to deal the labels, all are tried and the p-value is
    exact. Else the real deal counts as one more draw, so that a p-value is never 0 (Phipson and Smyth,
    Permutation P-values Should Never Be Zero, 2010).

    Args:
        before: Per task the values of the first run; none may be empty.
        after: Likewise of the second, tasks in the same order.
        seed: Decides the random deals.
        draws: How many of them.
    """
    import numpy as np

    real = abs(mean_difference(before, after))
    if all(len({*old, *new}) == 1 for old, new in zip(before, after, strict=True)):
        return 1.0
    pools = [np.array([*new, *old], dtype=float) for old, new in zip(before, after, strict=True)]
    if len(pools) == 1 and math.comb(len(pools[0]), len(after[0])) <= draws:
        chosen = _all_deals(len(pools[0]), len(after[0]))
        steps = _steps(pools[0], chosen)
        return float(np.mean(np.abs(steps) >= real - _EQUAL))
    total = np.zeros(draws)
    for place, (pool, new) in enumerate(zip(pools, after, strict=True)):
        total += _steps(pool, _random_deals(len(pool), len(new), draws, (seed, place)))
    extreme = int(np.sum(np.abs(total / len(pools)) >= real - _EQUAL))
    return (extreme + 1) / (draws + 1)


def least_p(before: Strata, after: Strata, *, draws: int = DRAWS) -> float:
    """Give the smallest p-value that so many samples can have, whatever they are."""
    deals = math.prod(
        math.comb(len(old) + len(new), len(new)) for old, new in zip(before, after, strict=True)
    )
    # Where both runs have equally many samples, the mirror image of a deal is just as far from 0.
    mirrored = all(len(old) == len(new) for old, new in zip(before, after, strict=True))
    return max((2 if mirrored else 1) / deals, 1 / (draws + 1))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _steps(pool: NDArray[np.float64], chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Give per deal the mean of the chosen values less the mean of the others."""
    size, taken = len(pool), chosen.shape[1]
    sums = pool[chosen].sum(axis=1)
    rest = pool.sum() - sums
    steps: NDArray[np.float64] = sums / taken - rest / (size - taken)
    return steps


@lru_cache(maxsize=8)
def _all_deals(size: int, taken: int) -> NDArray[np.intp]:
    import numpy as np

    return np.array(list(combinations(range(size), taken)), dtype=np.intp)


@lru_cache(maxsize=32)
def _random_deals(size: int, taken: int, draws: int, seed: tuple[int, int]) -> NDArray[np.intp]:
    """Deal at random. The same deals serve every measure of a task, as they would on one table."""
    import numpy as np

    rng = np.random.default_rng(seed)
    return np.argsort(rng.random((draws, size)), axis=1)[:, :taken].astype(np.intp)
