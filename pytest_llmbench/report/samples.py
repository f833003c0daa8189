"""The form in which one trial stands in a report."""

from __future__ import annotations

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import Completion, Usage
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.models.model import Model
from pytest_llmbench.models.price import cost_usd
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import AnswerPart, AskedPart, SamplePart, UsagePart
from pytest_llmbench.scoring.scorecard import Scorecard


def sample_part(
    trial: Trial,
    card: Scorecard,
    model: Model,
    *,
    completion: Completion | None = None,
    answer: Answer | None = None,
    opinion: Opinion | None = None,
) -> SamplePart:
    """Give a trial the form that reports are drawn from.

    Args:
        trial: What was asked.
        card: The judgement.
        model: The model that was asked; its price makes the cost.
        completion: The reply; None where there was none.
        answer: What was found in it.
        opinion: What a judge thinks of it, where one was asked.
    """
    reply = completion or _NOTHING
    return SamplePart(
        index=trial.index,
        status=card.status,
        total=card.total,
        axes=card.axes,
        checks=card.checks,
        findings=card.findings,
        error=card.error,
        asked=asked_part(trial),
        opinion=opinion,
        judge_s=round(card.judge_s, 3) if card.judge_s else None,
        finish_reason=reply.finish_reason,
        model_returned=reply.model_returned,
        cost_usd=cost_usd(reply.usage, model) if completion else None,
        usage=_usage_part(reply.usage),
        latency_s=reply.latency_s,
        first_token_s=reply.first_token_s,
        attempts=reply.attempts if completion else None,
        provider_returned=reply.provider_returned,
        request=reply.request,
        adapted=reply.adapted,
        system_fingerprint=reply.system_fingerprint,
        answer=_answer_part(answer, reply),
    )


_NOTHING = Completion(text="")


def _usage_part(usage: Usage) -> UsagePart:
    return UsagePart(input=usage.input, output=usage.output, reasoning=usage.reasoning, cached=usage.cached)


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
        prose=answer.prose,
        reasoning=completion.reasoning,
    )
