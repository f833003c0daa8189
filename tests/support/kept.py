"""Runs that are kept in a storage, made up without a server or a sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import ApiFailure, Completion, Usage
from pytest_llmbench.completions.trial import Parameters, Trial
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import TaskPart
from pytest_llmbench.scoring.scorecard import AxisScores, Check, Finding, Scorecard
from pytest_llmbench.storage.journal import Journal
from pytest_llmbench.storage.records import RunInfo
from pytest_llmbench.storage.stored import Storage

MODEL = Model(id="m", title="The model", provider="here", price_output=1.5, headers={"x-key": "sk-header"})
TASK = TaskPart(
    id="double", title="Double", language="python", suite="here", hash="h1", prompt="Write double."
)


def info(run: str = "a" * 32, **more: Any) -> RunInfo:
    started = datetime(2026, 11, 23, 20, tzinfo=UTC)
    return RunInfo(**{"id": run, "started": started, "samples": 3, "versions": {"python": "3.12"}, **more})


def trial(index: int = 0, task: str = "double", model: str = "m", prompt: str = "Write double.") -> Trial:
    return Trial(
        task=task,
        model=model,
        api_name=model,
        base_url="http://here/v1",
        prompt=prompt,
        system="Be terse.",
        parameters=Parameters(seed=index),
        index=index,
    )


def completion(text: str = "def double(n): ...", **more: Any) -> Completion:
    usage = Usage(input=10, output=20)
    return Completion(**{"text": text, "usage": usage, "model_returned": "m-0901", "latency_s": 0.5, **more})


def scorecard(total: float = 9.0) -> Scorecard:
    return Scorecard(
        status="scored",
        total=total,
        axes=AxisScores(correctness=total, quality=8.5),
        checks=(Check(axis="correctness", label="doubles", passed=True),),
        findings=(Finding(axis="quality", rule="R1", line=1, points=-1.5, message="so so"),),
    )


OPINION = Opinion(
    judge="j",
    call="c" * 64,
    prompt="1-abc",
    status="given",
    axes=AxisScores(correctness=6, quality=5, documentation=7, edge_cases=4),
    total=5.5,
    reasons={"quality": "so so"},
    reply="{}",
    cost_usd=0.25,
)

ANSWER = Answer(code="def double(n): ...", found="bare", notes=("it was bare",))


def keep(storage: Storage, run: RunInfo | None = None, trials: Iterable[Trial] | None = None) -> Journal:
    """Keep a whole run of one task by one model, and give its journal, which is closed."""
    asked = [trial(index) for index in range(3)] if trials is None else list(trials)
    journal = storage.begin(info() if run is None else run)
    journal.models([MODEL])
    journal.expect(TASK, 0, asked)

    async def complete() -> None:
        for one in asked:
            ticket = await journal.open(one, 1)
            reply = completion(f"sample {one.index}")
            if not isinstance(ticket, ApiFailure):
                await ticket.settle(reply)
            await journal.completed(TASK.suite, one, reply)
            journal.judged(one, scorecard(7.0 + one.index), ANSWER)
            journal.opinion(one, OPINION.call)
        journal.opinion(asked[0], OPINION.call, OPINION)

    asyncio.run(complete())
    journal.close()
    return journal
