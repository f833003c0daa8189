"""Opinions on judged answers: asked of a language model, or those that a run had whose answers are kept.

An answer is judged before anybody is asked about it, so that no opinion can have to do with its score.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from pytest_llmbench.bench.calling import Call
from pytest_llmbench.bench.outcome import Outcome
from pytest_llmbench.bench.trials import Selected, opinion_trial
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.models.price import cost_usd
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.opinions.prompt import ask_about, prompt_name
from pytest_llmbench.opinions.reading import read_opinion
from pytest_llmbench.scoring.axes import total_score
from pytest_llmbench.scoring.scorecard import Axis, AxisScores, Scorecard
from pytest_llmbench.tasks.task import Task


class Opinions(Protocol):
    """Gives opinions; used on the loop of the calls."""

    async def about(self, task: Task, outcome: Outcome, call: Call) -> Opinion | None:
        """Give an opinion on an answer that is judged; None where there is none to be had.

        Args:
            task: The task.
            outcome: What became of a trial.
            call: Makes the call, if there is one to be made.
        """


class AskedOpinions:
    """Asks a judge, once about all answers that are alike.

    Args:
        judge: Whom.
        weights: What the axes count for in a total.
    """

    def __init__(self, judge: Selected, weights: Mapping[Axis, float]) -> None:
        self._judge = judge
        self._weights = weights
        self._replies: dict[str, asyncio.Future[Completion | ApiFailure]] = {}

    async def about(self, task: Task, outcome: Outcome, call: Call) -> Opinion | None:
        """Ask about an answer that has code; what has none needs no opinion."""
        completion, answer = outcome.completion, outcome.answer
        if not outcome.scorecard.judged or completion is None or answer is None or answer.code is None:
            return None
        trial = opinion_trial(task.id, ask_about(task.prompt, completion.text), self._judge)
        if trial.key not in self._replies:
            self._replies[trial.key] = asyncio.ensure_future(call(trial))
        reply = await asyncio.shield(self._replies[trial.key])
        return self._opinion(trial, reply, outcome.scorecard)

    def _opinion(self, trial: Trial, reply: Completion | ApiFailure, card: Scorecard) -> Opinion:
        judge = self._judge.model
        if isinstance(reply, ApiFailure):
            return Opinion(
                judge=judge.id, call=trial.key, prompt=prompt_name(), status="failed", error=reply.message
            )
        found = read_opinion(reply)
        opinion = Opinion(
            judge=judge.id,
            call=trial.key,
            prompt=prompt_name(),
            status="given" if found.error is None else "invalid",
            axes=found.axes,
            reasons=found.reasons,
            error=found.error,
            reply=reply.text,
            model_returned=reply.model_returned,
            usage=reply.usage,
            cost_usd=cost_usd(reply.usage, judge),
            input_priced=judge.price_input is not None,
            latency_s=reply.latency_s,
        )
        return with_total(opinion, card.axes, self._weights)


class KeptOpinions:
    """Gives the opinions that there are already: of a run whose answers are judged again, or gone on with.

    Args:
        find: Gives the opinion on the answer to a trial, if there is one.
        weights: What the axes count for in a total.
    """

    def __init__(self, find: Callable[[Trial], Opinion | None], weights: Mapping[Axis, float]) -> None:
        self._find = find
        self._weights = weights

    async def about(self, task: Task, outcome: Outcome, call: Call) -> Opinion | None:
        """Give the opinion that the answer had; nobody is asked."""
        found = self._find(outcome.trial)
        return found and with_total(found, outcome.scorecard.axes, self._weights)


def with_total(opinion: Opinion, ours: AxisScores, weights: Mapping[Axis, float]) -> Opinion:
    """Make an opinion's total as a score's is made, of the axes that the score has: like beside like."""
    if opinion.status != "given":
        return opinion
    axes = opinion.axes.model_copy(update={axis: None for axis, score in ours if score is None})
    return opinion.model_copy(update={"total": total_score(axes, weights)})
