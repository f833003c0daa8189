"""How well two judges put the same things in the same order: Spearman's rank correlation.

C. Spearman, "The Proof and Measurement of Association between Two Things", American Journal of Psychology 15
(1904): Pearson's correlation of the ranks, where those that are equal share the mean of their ranks.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Give the correlation of two series of equal length, from -1 to 1.

    Returns:
        None where it is not defined: fewer than two pairs, or a series whose values are all equal.
    """
    if len(set(first)) < 2 or len(set(second)) < 2:  # noqa: PLR2004 - of one value there is no order
        return None
    return statistics.correlation(ranks(first), ranks(second))


def ranks(values: Sequence[float]) -> list[float]:
    """Give each value's rank, from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            found[place] = (start + 1 + end) / 2
        start = end
    return found
