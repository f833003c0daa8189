"""Axes of pictures: from a number to a place, and the ticks that are printed beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

_LOWEST, _HIGHEST = 1, 10
_ALL_TICKS = 5
_LEAST_SPAN = 2


class Scale(NamedTuple):
    """A linear scale of scores. `percent` gives places from 0 to 100."""

    low: float
    high: float

    def percent(self, score: float) -> float:
        """Give a score's place, kept inside the picture."""
        share = (score - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 2)

    @property
    def ticks(self) -> list[int]:
        """The whole scores on the scale; of a long one every second or third, so that they stand apart."""
        low, high = math.ceil(self.low), math.floor(self.high)
        step = 1 if high - low <= _ALL_TICKS else 2 if (high - low) % 3 else 3
        return list(range(high, low - 1, -step))[::-1]


def score_scale(scores: Iterable[float | None]) -> Scale:
    """Give the smallest scale between whole scores that holds all, at least two points long."""
    known = [score for score in scores if score is not None] or [_LOWEST, _HIGHEST]
    low = max(_LOWEST, math.floor(min(known)))
    high = min(_HIGHEST, math.ceil(max(known)))
    if high - low < _LEAST_SPAN:
        high = min(_HIGHEST, low + _LEAST_SPAN)
        low = high - _LEAST_SPAN
    return Scale(low, high)


class LogScale(NamedTuple):
    """A logarithmic scale of prices, padded at both ends."""

    low: float
    high: float

    def percent(self, price: float) -> float:
        """Give a price's place, from 0 to 100."""
        return round(100 * math.log(price / self.low) / math.log(self.high / self.low), 2)

    @property
    def ticks(self) -> list[float]:
        """The prices 1, 2 and 5 times a power of ten on the scale; powers alone where those are many."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        steps = (1, 2, 5) if self.high / self.low < 1000 else (1,)  # noqa: PLR2004 - three decades
        ticks = [float(f"{step}e{power}") for power in powers for step in steps]
        return [tick for tick in ticks if self.low <= tick <= self.high]


def price_scale(prices: Iterable[float]) -> LogScale:
    """Give a scale that holds some prices (above 0), with room for a mark at either end."""
    known = list(prices)
    spread = max(max(known) / min(known), 2.0) ** 0.08
    return LogScale(min(known) / spread, max(known) * spread)
