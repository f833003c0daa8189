"""The ledger is told of each attempt before it is made, and of its end, whatever that is."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from pytest_llmbench.completions.client import ChatClient
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.limits import ConnectionLimits
from pytest_llmbench.models.model import Provider

pytestmark = pytest.mark.asyncio

HERE = Provider(id="here", base_url="http://here/v1", stream=False)
ANSWER = {"model": "m", "choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}]}


class Books:
    """Takes its time to keep an answer."""

    def __init__(self):
        self.ends = []
        self.kept = asyncio.Event()

    async def open(self, trial, number):
        return self

    async def settle(self, outcome):
        self.ends.append(outcome)
        if isinstance(outcome, Completion):
            await self.kept.wait()


async def body():
    yield json.dumps(ANSWER).encode()


def client(answer, books):
    transport = httpx.MockTransport(answer)
    return ChatClient(transport, {}, ledger=books, limits=ConnectionLimits(1))


async def test_a_call_keeps_its_place_until_its_answer_is_kept(trial):
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(200, headers={"content-type": "application/json"}, content=body())

    books = Books()
    asking = client(answer, books)
    calls = [asyncio.create_task(asking.complete(trial, HERE)) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert (len(asked), len(books.ends)) == (1, 1)
    books.kept.set()
    assert [reply.text for reply in await asyncio.gather(*calls)] == ["yes", "yes"]
    assert len(asked) == 2


async def test_a_bug_of_ours_does_not_leave_an_attempt_open(trial):
    def answer(_):
        raise ZeroDivisionError

    books = Books()
    with pytest.raises(ZeroDivisionError):
        await client(answer, books).complete(trial, HERE)
    (end,) = books.ends
    assert (end.text, end.status_code) == ("was broken off by this program", None)
