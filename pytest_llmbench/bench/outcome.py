"""The outcome of one trial, from what was asked to how it was judged, and its form in a report."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.models.model import Model
from pytest_llmbench.models.price import cost_usd
from pytest_llmbench.report.document import AnswerPart, AskedPart, SamplePart, UsagePart
from pytest_llmbench.scoring.judge import Evaluation
from pytest_llmbench.scoring.scorecard import Scorecard, Status


@dataclass(frozen=True)
class Outcome:
    """All that is known of a trial. `completion` and `answer` are None where there was no reply."""

    trial: Trial
    evaluation: Evaluation
    completion: Completion | None = None
    answer: Answer | None = None

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
    """The outcome of a trial whose call failed."""
    return not_judged(trial, "api_error", failure.message)


def sample_part(outcome: Outcome, model: Model) -> SamplePart:
    """Give a trial the form that reports are drawn from."""
    card, completion = outcome.scorecard, outcome.completion
    part = SamplePart(
        index=outcome.trial.index,
        status=card.status,
        total=card.total,
        axes=card.axes,
        checks=card.checks,
        findings=card.findings,
        error=card.error,
        asked=asked_part(outcome.trial),
    )
    if completion is None:
        return part
    return part.model_copy(
        update={
            "finish_reason": completion.finish_reason,
            "model_returned": completion.model_returned,
            "cost_usd": cost_usd(completion.usage, model),
            "usage": UsagePart(**completion.usage.model_dump()),
            "latency_s": completion.latency_s,
            "first_token_s": completion.first_token_s,
            "adapted": completion.adapted,
            "system_fingerprint": completion.system_fingerprint,
            "answer": _answer_part(outcome.answer, completion),
        }
    )


def asked_part(trial: Trial) -> AskedPart:
    """Give what was asked beside the prompt."""
    parameters = trial.parameters
    return AskedPart(
        temperature=parameters.temperature,
        max_tokens=parameters.max_tokens,
        seed=parameters.seed,
        system=trial.system,
        extra_body=parameters.extra_body,
    )


def _answer_part(answer: Answer | None, completion: Completion) -> AnswerPart:
    if answer is None:
        return AnswerPart(reply=completion.text, reasoning=completion.reasoning)
    return AnswerPart(
        code=answer.code,
        found=answer.found,
        notes=answer.notes,
        reply=completion.text,
        reasoning=completion.reasoning,
    )
