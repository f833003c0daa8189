"""How far a call has come over its attempts."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_llmbench.completions.attempt import Call
from pytest_llmbench.completions.clock import Clock
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble

WAITED = Trouble(kind="timeout", text="could not be asked again in time")
"""What befell a call that got no further turn before its time was over."""

BROKEN_OFF = Trouble(kind="protocol", text="was broken off by this program")
"""What befell an attempt that this program itself did not bring to an end."""

_STALE = 3
"""Requests that may find their connection closed: there may be several old ones."""

_CHARACTERS_A_TOKEN = 4


@dataclass(slots=True)
class Course:
    """A call on its way.

    `refused` are the parameters that the server does not take. `stale` counts the requests that met a
    connection that had just been closed; they are no attempts. `last` is what the last attempt met,
    and `wait_s` how long to wait after it. `ends` is when the call's time is over, once it has begun.
    """

    call: Call
    refused: frozenset[str]
    attempts: int = 0
    retries: int = 0
    stale: int = 0
    last: Trouble | None = None
    wait_s: float = 0.0
    ends: float | None = None

    def begin(self, now: float, call_s: float) -> None:
        """Begin an attempt; with the first one the call's time begins to run."""
        self.attempts += 1
        if self.ends is None:
            self.ends = now + call_s

    def met_nobody(self) -> bool:
        """Take the last attempt back, unless there have been too many such."""
        if self.stale >= _STALE:
            return False
        self.stale += 1
        self.attempts -= 1
        return True

    def left_s(self, clock: Clock) -> float | None:
        """Seconds that are left; None before the call has begun."""
        return None if self.ends is None else max(0.0, self.ends - clock.monotonic())


def most_tokens(trial: Trial) -> int:
    """Guess what a call counts against a limit of tokens: the prompt, and all that may come."""
    prompt = (len(trial.prompt) + len(trial.system)) // _CHARACTERS_A_TOKEN
    return prompt + trial.parameters.max_tokens
