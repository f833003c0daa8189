"""How sure a model's score is: a stratified bootstrap over the samples of each task.

The statistic is the mean over tasks of the median of a task's totals. The tasks are fixed, since a
suite's tasks are chosen and not drawn; what could have come out otherwise are the samples. So each
draw takes, per task, as many samples as there are, with replacement, and the interval is the range
between two percentiles of the draws (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
chapters 8.3 and 13.3).

The median of a resample is one of few values, whose probabilities are known exactly (Efron, The
Jackknife, the Bootstrap and Other Resampling Plans, 1982, section 10.3, for an odd number; the same
counting gives the even case). Drawing from those is the same bootstrap, and costs one random number
per task and draw however many samples there are. Of a single task nothing need be drawn at all.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

DRAWS = 4000
LEVEL = 0.95
_CUT = (1 - LEVEL) / 2
LEAST_SAMPLES = 2
"""One sample says nothing about the next."""

Interval = tuple[float, float]


def score_interval(tasks: Sequence[Sequence[float]], *, seed: str, draws: int = DRAWS) -> Interval | None:
    """Give the 95 % percentile interval of the mean over tasks of the median of each task's totals.

    Args:
        tasks: Per task the totals of its judged samples, in any order.
        seed: Decides the random numbers; the same seed and totals give the same interval.
        draws: How many times to resample.

    Returns:
        The lower and the upper end; None where a task has fewer than two totals.
    """
    if not _enough(tasks):
        return None
    if len(tasks) == 1:
        return _ends_of(_odds(tasks[0]))
    return _percentiles(_draw_means(tasks, random.Random(seed), draws))  # noqa: S311 - not a secret


def difference_interval(
    first: Sequence[Sequence[float]], second: Sequence[Sequence[float]], *, seed: str, draws: int = DRAWS
) -> Interval | None:
    """Give the 95 % percentile interval of the first model's score less the second's, on the same tasks.

    Two intervals that overlap are no test of a difference; whether this one leaves out 0 is. The tasks
    are the same for both, so that what a task adds to both falls out.

    Args:
        first: Per task the totals of the first model's judged samples.
        second: Likewise for the second model, tasks in the same order.
        seed: Decides the random numbers.
        draws: How many times to resample.

    Returns:
        The lower and the upper end; None where a task has fewer than two totals of either model.
    """
    if len(first) != len(second):
        raise ValueError(f"both models need the same tasks, got {len(first)} and {len(second)}")
    if not (_enough(first) and _enough(second)):
        return None
    if len(first) == 1:
        return _ends_of(_odds_of_difference(first[0], second[0]))
    rng = random.Random(seed)  # noqa: S311 - not a secret
    pairs = zip(_draw_means(first, rng, draws), _draw_means(second, rng, draws), strict=True)
    return _percentiles([one - other for one, other in pairs])


def _enough(tasks: Sequence[Sequence[float]]) -> bool:
    return bool(tasks) and all(len(totals) >= LEAST_SAMPLES for totals in tasks)


def _draw_means(tasks: Sequence[Sequence[float]], rng: random.Random, draws: int) -> list[float]:
    columns = [_draw_medians(totals, rng, draws) for totals in tasks]
    return [math.fsum(row) / len(tasks) for row in zip(*columns, strict=True)]


def _odds(totals: Sequence[float]) -> dict[float, float]:
    """Give what a resample's median may be, with its odds."""
    medians, cumulative = _medians(totals)
    odds = [after - before for before, after in pairwise([0.0, *cumulative])]
    added: dict[float, float] = {}
    for value, share in zip(medians, odds, strict=True):
        added[value] = added.get(value, 0.0) + share
    return added


def _odds_of_difference(one: Sequence[float], other: Sequence[float]) -> dict[float, float]:
    added: dict[float, float] = {}
    second = _odds(other).items()
    for value, share in _odds(one).items():
        for less, times in second:
            added[value - less] = added.get(value - less, 0.0) + share * times
    return added


def _ends_of(odds: dict[float, float]) -> Interval:
    """Cut off an equal share of the odds at both ends."""
    ordered = sorted(odds.items())
    return _first_beyond(ordered), _first_beyond(ordered[::-1])


def _first_beyond(ordered: Sequence[tuple[float, float]]) -> float:
    shares = accumulate(share for _, share in ordered)
    return next(
        (value for (value, _), upto in zip(ordered, shares, strict=True) if upto > _CUT), ordered[-1][0]
    )


def _draw_medians(totals: Sequence[float], rng: random.Random, draws: int) -> list[float]:
    if min(totals) == max(totals):  # nothing else can be drawn
        return [totals[0]] * draws
    medians, cumulative = _medians(totals)
    return rng.choices(medians, cum_weights=cumulative, k=draws)


def _medians(totals: Sequence[float]) -> tuple[list[float], list[float]]:
    """Give what a resample's median may be, one for each pair of middle items, and cumulative odds."""
    ordered = sorted(totals)
    pairs, cumulative = _median_ranks(len(ordered))
    return [(ordered[low] + ordered[high]) / 2 for low, high in pairs], cumulative


@lru_cache(maxsize=64)
def _median_ranks(size: int) -> tuple[list[tuple[int, int]], list[float]]:
    """Give the pairs of ranks (from 0) that a resample's two middle items can have, and cumulative odds."""
    odds = _odd_ranks(size) if size % 2 else _even_ranks(size)
    return [pair for pair, _ in odds], list(accumulate(weight for _, weight in odds))


def _odd_ranks(size: int) -> list[tuple[tuple[int, int], float]]:
    middle = size // 2 + 1
    below = [_at_least(middle, size, rank / size) for rank in range(size + 1)]
    return [((rank, rank), below[rank + 1] - below[rank]) for rank in range(size)]


def _even_ranks(size: int) -> list[tuple[tuple[int, int], float]]:
    """Count resamples by the ranks of the two middle items.

    The lower middle item has rank a and the upper rank b > a exactly where half of the draws fall at
    or below a, one of them at a, and the other half at or above b, one of them at b.
    """
    half = size // 2
    ways = math.comb(size, half)
    odds: list[tuple[tuple[int, int], float]] = []
    for a in range(1, size + 1):
        apart = 0.0
        for b in range(a + 1, size + 1):
            share = _ends(a, half, size) * _ends(size - b + 1, half, size) * ways
            odds.append(((a - 1, b - 1), share))
            apart += share
        alone = _at_least(half, size, a / size) - _at_least(half, size, (a - 1) / size)
        odds.append(((a - 1, a - 1), max(0.0, alone - apart)))
    return odds


def _ends(ranks: int, half: int, size: int) -> float:
    """Give the odds that `half` draws fall on the outer `ranks` ranks, one at least on the innermost."""
    return float((ranks / size) ** half - ((ranks - 1) / size) ** half)


def _at_least(count: int, size: int, chance: float) -> float:
    """Give P(X >= count) of a binomial variable of `size` trials."""
    return math.fsum(
        math.comb(size, k) * chance**k * (1 - chance) ** (size - k) for k in range(count, size + 1)
    )


def _percentiles(draws: list[float]) -> Interval:
    """Cut off an equal share of the draws at both ends, by nearest rank."""
    ordered = sorted(draws)
    cut = int(len(ordered) * _CUT)
    return ordered[cut], ordered[len(ordered) - 1 - cut]
