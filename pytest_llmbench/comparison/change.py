"""What changed, as values: per measure, per task, per model, and the comparison as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from pytest_llmbench.values import Value

Verdict = Literal["worse", "better", "same", "cannot tell"]


class Change(Value):
    """One measure before and after, both as means over tasks of the tasks' sample means.

    `p` is the permutation test's, `adjusted` the same after Holm over what was tested along with it.
    `within` is how far a change that was not found may still reach, where the verdict is "same".
    `further` is how many more samples per task, in both runs, would likely settle it.
    """

    measure: str
    before: float | None = None
    after: float | None = None
    difference: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None
    adjusted: float | None = None
    verdict: Verdict = "cannot tell"
    within: float | None = None
    further: int | None = None
    why: str | None = Field(default=None, description="why nothing can be told, where that is not chance")


class TaskChange(Value):
    """What changed in one task; the samples are those that were judged."""

    task: str
    samples: tuple[int, int]
    unjudged: tuple[int, int] = (0, 0)
    rejudged: bool = False
    changes: tuple[Change, ...]

    def change(self, measure: str) -> Change:
        """Give one measure's change."""
        return next(change for change in self.changes if change.measure == measure)


class PassRate(Value):
    """The chance that one of k answers reaches the pass mark; see `statistics.pass_at_k`."""

    k: int
    before: float
    after: float


class ModelChange(Value):
    """What changed for one model. Names and fingerprints are those that its replies gave.

    `elsewhere` is the standard error of the score's change if other tasks like these had been chosen.
    """

    model: str
    tasks: tuple[TaskChange, ...]
    changes: tuple[Change, ...] = ()
    returned: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    fingerprints: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    pass_rates: tuple[PassRate, ...] = ()
    elsewhere: float | None = None

    def change(self, measure: str) -> Change:
        """Give one measure's change."""
        return next(change for change in self.changes if change.measure == measure)

    def task(self, name: str) -> TaskChange | None:
        """Give one task's changes; None where it was not compared."""
        return next((task for task in self.tasks if task.task == name), None)

    @property
    def unjudged(self) -> tuple[int, int]:
        """The samples that somebody else than the model is to blame for, before and after."""
        return sum(task.unjudged[0] for task in self.tasks), sum(task.unjudged[1] for task in self.tasks)

    @property
    def answers_by_another(self) -> bool:
        """Whether replies name other models, or other fingerprints, than before."""
        return any(old and new and set(old) != set(new) for old, new in (self.returned, self.fingerprints))


class LeftOut(Value):
    """Something that was not compared, and why. `model` is None where it concerns all of them."""

    what: str
    model: str | None = None
    reason: str


class Side(Value):
    """One of the two runs."""

    name: str
    run: str
    started: datetime


class RunComparison(Value):
    """Two runs, held against each other."""

    before: Side
    after: Side
    models: tuple[ModelChange, ...]
    left_out: tuple[LeftOut, ...] = ()

    def model(self, name: str) -> ModelChange | None:
        """Give one model's changes; None where it was not compared."""
        return next((model for model in self.models if model.model == name), None)
