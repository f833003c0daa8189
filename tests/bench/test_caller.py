"""The caller: what becomes of a judge's calls has no effect on those that models are measured by."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from chatserver import ChatServer

from pytest_llmbench.bench.caller import ModelCaller
from pytest_llmbench.bench.trials import Sampling, Selected, opinion_trial, plain_trial
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.models.model import Model, Provider
from pytest_llmbench.opinions.prompt import ask_about


@pytest.mark.parametrize("status", [401, 404])
def test_a_judge_that_is_refused_is_refused_alone(status: int) -> None:
    def reply(body: dict[str, Any]) -> Any:
        return (status, {"error": "no"}) if "BEGIN ANSWER" in str(body) else "fine"

    server = ChatServer(reply)
    chosen = Selected(model=Model(id="m", provider="here"), provider=Provider(id="here", base_url=server.url))
    judged = opinion_trial("t", ask_about("Add.", "x = 1"), chosen)

    async def asked() -> list[Completion | ApiFailure]:
        caller = ModelCaller({"m": chosen}, environ={}, concurrency=1, timeout_s=5, retries=0, judge=chosen)
        async with caller:
            first = [await caller.opine(judged), await caller.opine(judged)]
            return [*first, await caller.complete(plain_trial("t", "Add.", chosen, Sampling(), 0))]

    refused, again, answered = asyncio.run(asked())
    server.close()
    assert isinstance(refused, ApiFailure)
    assert isinstance(again, ApiFailure)
    assert (refused.attempts, again.attempts) == (1, 0)
    assert isinstance(answered, Completion)
    assert answered.text == "fine"
