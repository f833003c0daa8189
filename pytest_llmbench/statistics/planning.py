"""How many samples it would take to know."""

from __future__ import annotations

import math
from bisect import bisect_left

from pytest_llmbench.statistics.intervals import LEVEL, spread, t_quantile
from pytest_llmbench.statistics.permutation import Strata, mean_difference

MOST = 1000
"""More samples than anyone would ask for: no number is given then."""

_LEAST = 6
"""Below so many samples a side a single task's permutation test has next to no power."""


def further_samples(before: Strata, after: Strata, *, margin: float) -> int | None:
    """Give the further samples per task, in both runs, that would settle what a difference is.

    Settled is: the interval leaves out 0, so that it is a change, or lies within `margin` on both sides,
    so that it is none that matters. The difference and the variances are taken to stay as they are now
    (the usual plug-in projection; Cohen, Statistical Power Analysis, 1988, chapter 2), so the number is
    about an even chance, and rough where samples are few.

    Returns:
        A number of at least 1; None where more than `MOST` would be needed, or nothing is known of the
        spread.
    """
    found = spread(before, after)
    if found is None:
        return None
    far = abs(mean_difference(before, after))
    half = max(far, margin - far)
    now = min(map(len, (*before, *after)))
    lowest = max(1, _LEAST - now) if len(before) == 1 else 1
    steps = range(lowest, MOST + 1)
    # The width only ever shrinks, so that halving finds the first step that is narrow enough.
    place = bisect_left(steps, True, key=lambda more: _half_width(found, now, more) < half)
    return steps[place] if place < len(steps) else None


def _half_width(found: tuple[float, float], now: int, more: int) -> float:
    """Project an interval's half width: the error falls with the root of the samples, the freedom grows."""
    error, freedom = found
    growth = (now + more) / now
    return t_quantile(LEVEL, freedom * growth) * error / math.sqrt(growth)
