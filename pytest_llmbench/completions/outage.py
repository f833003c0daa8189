"""Finds out that a model cannot be reached at all, so that a run does not wait for each of its calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_llmbench.completions.completion import ApiFailure
from pytest_llmbench.completions.memory import Place
from pytest_llmbench.completions.trial import Trial

_KINDS = ("connection", "timeout", "server", "rate_limit")

_LONG_S = 120.0
"""Seconds without any answer, while it is asked all the time, after which a model counts as down."""

_ATTEMPTS = 5
_TASKS = 2
_TRIALS = 5
"""Attempts, and tasks or trials, that have to have failed by then: a single prompt may be too much."""


@dataclass(slots=True)
class _Row:
    """Failures in a row: since when, and whose."""

    since: float
    attempts: int = 0
    tasks: set[str] = field(default_factory=set)
    trials: set[tuple[str, int, str]] = field(default_factory=set)


class Outages:
    """The models that do not answer; used on one event loop."""

    def __init__(self) -> None:
        self._rows: dict[Place, _Row] = {}
        self._down: dict[Place, ApiFailure] = {}

    def failure(self, place: Place) -> ApiFailure | None:
        """Give the failure of all further calls there; None where there is hope."""
        return self._down.get(place)

    def answered(self, place: Place) -> None:
        """Take note of a sign of life: any answer that is not about the server's own state."""
        self._rows.pop(place, None)
        self._down.pop(place, None)

    def failed(self, place: Place, trial: Trial, failure: ApiFailure, started: float, now: float) -> None:
        """Take note of a failed attempt.

        Args:
            place: Where it was made.
            trial: For what.
            failure: What it met.
            started: When it began, in seconds that only go forward.
            now: The time.
        """
        if failure.kind not in _KINDS:
            self.answered(place)
            return
        row = self._rows.setdefault(place, _Row(started))
        row.attempts += 1
        row.tasks.add(trial.task)
        row.trials.add((trial.task, trial.index, trial.prompt))
        many = len(row.tasks) >= _TASKS or len(row.trials) >= _TRIALS
        if many and row.attempts >= _ATTEMPTS and now - row.since >= _LONG_S:
            text = f"{failure.message}; not asked any more, after {now - row.since:.0f} s without an answer"
            self._down.setdefault(place, failure.model_copy(update={"message": text}))
