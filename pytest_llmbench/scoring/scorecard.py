"""What became of one trial: its checks, its findings, its four axis scores and its total."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from pytest_llmbench.values import Value, WholeText

Axis = Literal["correctness", "quality", "documentation", "edge_cases"]
AXES: tuple[Axis, ...] = get_args(Axis)

Status = Literal[
    "scored",
    "truncated",
    "no_code",
    "refused",
    "api_error",
    "sandbox_error",
    "task_error",
    "storage_error",
    "skipped_budget",
]

JUDGED: frozenset[Status] = frozenset({"scored", "truncated", "no_code", "refused"})
"""The statuses that say something about the model; all others are somebody else's fault."""


class Check(Value):
    """One thing that a body asserted. `message` says why it failed; None where it passed."""

    axis: Axis
    label: str
    weight: float = Field(default=1.0, gt=0)
    passed: bool
    message: WholeText | None = None


class CheckPlan(Value):
    """The checks that a task has, as its references recorded them, in order."""

    checks: tuple[tuple[Axis, str, float], ...] = ()


class Finding(Value):
    """One thing that an analyzer found. `points` is what it cost on its axis (negative or zero)."""

    axis: Axis
    rule: str
    line: int | None = None
    points: float
    message: WholeText


class AxisScores(Value):
    """A score from 1 to 10 per axis; None where the axis has no checks."""

    correctness: float | None = None
    quality: float | None = None
    documentation: float | None = None
    edge_cases: float | None = None


class Scorecard(Value):
    """The judgement of one trial. `total` is None where the trial could not be judged.

    `error` says what went wrong where the status is not the model's doing. `judge_s` is the time
    that judging took, in seconds, waiting for a slot left out.
    """

    status: Status
    total: float | None = None
    axes: AxisScores = AxisScores()
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    error: WholeText | None = None
    judge_s: float = 0.0
    output: str = ""

    @property
    def judged(self) -> bool:
        """Whether this says something about the model."""
        return self.status in JUDGED
