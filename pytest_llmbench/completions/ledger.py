"""The ledger: told of each attempt at a call before it is made, and of how it ended."""

from __future__ import annotations

from typing import Protocol

from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble


class Ticket(Protocol):
    """One attempt. One that is never settled was lost under way, and may have been billed."""

    async def settle(self, outcome: Completion | Trouble) -> None:
        """Say how it ended. It counts as in flight until this returns: then a completion is kept."""


class Ledger(Protocol):
    """Keeps account of attempts; asked on the loop of the calls."""

    async def open(self, trial: Trial, number: int) -> Ticket | ApiFailure:
        """Book an attempt before it is made.

        Args:
            trial: What is asked.
            number: Which attempt at it this is, from 1.

        Returns:
            A failure where it must not be made, for example because it could cost more than there is left.
        """
