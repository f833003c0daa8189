"""The middle of some numbers, where there may be none: no number in means no number out, never 0."""

from __future__ import annotations

import statistics
from collections.abc import Iterable


def median(values: Iterable[float | None]) -> float | None:
    """Give the median of the values that are known; the mean of the middle two of an even number."""
    known = [value for value in values if value is not None]
    return float(statistics.median(known)) if known else None


def mean(values: Iterable[float | None]) -> float | None:
    """Give the mean of the values that are known."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None
