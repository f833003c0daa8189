"""The outcome of one trial, from what was asked to how it was judged, and its form in a report."""

from __future__ import annotations

from typing import NamedTuple

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import SamplePart, TaskPart
from pytest_llmbench.report.samples import asked_part, sample_part
from pytest_llmbench.scoring.judge import Evaluation
from pytest_llmbench.scoring.scorecard import AxisScores, Scorecard, Status
from pytest_llmbench.tasks.task import Task

_NOT_CALLED: dict[str, Status] = {"budget": "skipped_budget", "storage": "storage_error"}
"""The kinds of failure that are not the provider's."""


class Outcome(NamedTuple):
    """All that is known of a trial. `completion` and `answer` are None where there was no reply.

    `opinion` is a judge's, where one was asked for; nothing but the report looks at it.
    """

    trial: Trial
    evaluation: Evaluation
    completion: Completion | None = None
    answer: Answer | None = None
    opinion: Opinion | None = None

    @property
    def scorecard(self) -> Scorecard:
        """The judgement."""
        return self.evaluation.scorecard

    @property
    def busy_s(self) -> float:
        """Seconds that the call and the judging took, waiting in line left out."""
        call = 0.0 if self.completion is None else self.completion.latency_s or 0.0
        return call + self.scorecard.judge_s


def not_judged(trial: Trial, status: Status, error: str) -> Outcome:
    """The outcome of a trial that says nothing about its model."""
    return Outcome(trial, Evaluation(Scorecard(status=status, error=error)))


def api_failed(trial: Trial, failure: ApiFailure) -> Outcome:
    """The outcome of a trial whose call failed, or was not made."""
    return not_judged(trial, _NOT_CALLED.get(failure.kind, "api_error"), failure.message)


def sample_of(outcome: Outcome, model: Model) -> SamplePart:
    """Give a trial the form that reports are drawn from."""
    return sample_part(
        outcome.trial,
        outcome.scorecard,
        model,
        completion=outcome.completion,
        answer=outcome.answer,
        opinion=outcome.opinion,
    )


def task_part(task: Task) -> TaskPart:
    """Give a task the form that reports are drawn from."""
    return TaskPart(
        id=task.id,
        title=task.title,
        language=task.language,
        suite=task.suite,
        hash=task.hash,
        tags=task.tags,
        prompt=task.prompt,
    )


def planned_part(trial: Trial) -> SamplePart:
    """Give a trial that was not run yet the form of one, for what it asks."""
    return SamplePart(
        index=trial.index, status="task_error", total=None, axes=AxisScores(), asked=asked_part(trial)
    )
