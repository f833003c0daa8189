"""When to try again, and how long to wait before it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from random import Random

from pydantic import Field

from pytest_llmbench.values import Value


class RetryPolicy(Value):
    """Finite retries with exponential backoff. All times are seconds.

    The wait before retry n is drawn from the upper half of `base_s` x 2^n, at most `longest_s`, so
    that calls that failed together do not come back together. A server's own wish is kept to, up
    to `longest_s`.
    """

    retries: int = Field(default=4, ge=0)
    base_s: float = Field(default=0.5, gt=0)
    longest_s: float = Field(default=60.0, gt=0)

    def delay_s(self, retry: int, wish_s: float | None, random: Random) -> float:
        """Say how long to wait.

        Args:
            retry: How many retries there have been.
            wish_s: What the server asked for, if it did.
            random: Draws the jitter.
        """
        backoff: float = min(self.longest_s, self.base_s * 2.0 ** min(retry, 30)) * random.uniform(0.5, 1.0)
        if wish_s is None:
            return backoff
        return max(backoff, min(wish_s, self.longest_s) * random.uniform(1.0, 1.1))


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """Read `retry-after-ms` and `Retry-After`, the latter in seconds or as a date.

    Args:
        headers: An answer's headers, by lower-case names.
        now: Seconds since the epoch.

    Returns:
        Seconds; None where the server does not say, or says nothing that makes sense.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    return seconds if seconds is not None or text is None else _until(text, now)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _until(date: str, now: float) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return max(0.0, aware.timestamp() - now)
    except (ValueError, OverflowError):
        return None
