"""Keeps requests apart as a provider's limits per minute want it."""

from __future__ import annotations

_MINUTE_S = 60.0

_AT_ONCE_S = 1.0
"""Seconds' worth that may go at once: providers hold their limits per minute over shorter times too."""


class Pace:
    """Spreads a quantity evenly over time.

    Args:
        per_minute: How much of it a minute may have.
    """

    def __init__(self, per_minute: float) -> None:
        self._each_s = _MINUTE_S / per_minute
        self._paid_until = 0.0

    def wait_s(self, now: float) -> float:
        """Say how long the next request has to wait.

        Args:
            now: Seconds that only go forward.
        """
        return max(0.0, self._paid_until - _AT_ONCE_S - now) if self._paid_until else 0.0

    def take(self, now: float, amount: float) -> None:
        """Take note of a request that goes now. One that is too large for a minute makes the others wait."""
        self._paid_until = max(self._paid_until, now) + amount * self._each_s
