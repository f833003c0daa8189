"""What the leader of a team and the others say to each other: values that cross processes as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError
from typing import Annotated, Literal

import pytest
from pydantic import Field, TypeAdapter

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.bench.outcome import Outcome
from pytest_llmbench.bench.trials import Sampling
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.errors import LlmBenchError
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.plugin.team import Team
from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.scoring.judge import Evaluation
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.values import Value


class ItemWanted(Value):
    """Asks for all that an item waits for."""

    kind: Literal["item"] = "item"
    item: str


class CallWanted(Value):
    """Asks for a call of a plain test."""

    kind: Literal["call"] = "call"
    model: str
    prompt: str
    index: int
    sampling: Sampling
    test: str


class Stop(Value):
    """Has nothing more asked."""

    kind: Literal["stop"] = "stop"


Request = ItemWanted | CallWanted | Stop

REQUESTS: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="kind")])


class Handed(Value):
    """One sample. `ended` is the test runner's own signal that the body has raised: its kind and its text."""

    scorecard: Scorecard
    completion: Completion | None = None
    answer: Answer | None = None
    opinion: Opinion | None = None
    sections: tuple[tuple[str, str], ...] = ()
    ended: tuple[Literal["skip", "exit"], str] | None = None

    @classmethod
    def of(cls, outcome: Outcome) -> Handed:
        """Take from an outcome what crosses processes: not the exceptions, which are for a debugger."""
        evaluation = outcome.evaluation
        ended: tuple[Literal["skip", "exit"], str] | None = None
        if isinstance(evaluation.raised, pytest.skip.Exception):
            ended = ("skip", str(evaluation.raised))
        elif isinstance(evaluation.raised, pytest.exit.Exception):
            ended = ("exit", str(evaluation.raised))
        return cls(
            scorecard=evaluation.scorecard,
            completion=outcome.completion,
            answer=outcome.answer,
            opinion=outcome.opinion,
            sections=tuple(evaluation.sections),
            ended=ended,
        )

    def outcome(self, trial: Trial) -> Outcome:
        """Give the outcome of a trial."""
        raised: BaseException | None = None
        if self.ended is not None:
            kinds = {"skip": pytest.skip.Exception, "exit": pytest.exit.Exception}
            raised = kinds[self.ended[0]](self.ended[1])
        evaluation = Evaluation(self.scorecard, raised=raised, sections=list(self.sections))
        return Outcome(
            trial, evaluation, completion=self.completion, answer=self.answer, opinion=self.opinion
        )


class Reply(Value):
    """The leader's answer: the part of it that was asked for, or why there is none.

    `error` is for people. `stopped` says that nothing more is asked.
    """

    samples: tuple[Handed, ...] = ()
    rejudged: tuple[SamplePart, ...] = ()
    sandbox: str = ""
    completion: Completion | None = None
    failure: ApiFailure | None = None
    error: str | None = None
    stopped: bool = False

    def outcomes(self, trials: Sequence[Trial]) -> tuple[Outcome, ...]:
        """Give the outcomes of an item's trials."""
        return tuple(handed.outcome(trial) for handed, trial in zip(self.samples, trials, strict=True))


def from_leader(team: Team, request: Request) -> Reply | None:
    """Have the leader of a team do something; None where this process leads, and does all itself.

    Raises:
        CancelledError: Nothing more is done.
        LlmBenchError: The leader could not do it.
    """
    line = team.ask(request.model_dump_json())
    if line is None:
        return None
    reply = Reply.model_validate_json(line)
    if reply.stopped:
        raise CancelledError
    if reply.error is not None:
        raise LlmBenchError(reply.error)
    return reply
