"""Who makes the calls of a run: models at their servers, or a run whose answers are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, Self

from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial

Call = Callable[[Trial], Awaitable[Completion | ApiFailure]]
"""Makes a trial's call."""


class Caller(Protocol):
    """Makes calls; entered, used and left on one loop."""

    async def __aenter__(self) -> Self:
        """Open connections, start servers.

        Raises:
            UsageError: Something that it needs is not there.
        """
        ...

    async def __aexit__(self, *error: object) -> None:
        """Close them."""
        ...

    async def complete(self, trial: Trial) -> Completion | ApiFailure:
        """Make a trial's call, retries included. Expected failures are values."""
        ...

    async def opine(self, trial: Trial) -> Completion | ApiFailure:
        """Make a call to the judge; what becomes of it has no effect on other calls."""
        ...

    async def stop(self) -> None:
        """Send nothing more: requests in flight finish, and calls that wait end as `cancelled`."""
        ...
