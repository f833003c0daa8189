"""A failure that every call would meet is met once, and by no call that it says nothing about."""

from __future__ import annotations

import asyncio

import pytest
from loopback import chat, error, say

pytestmark = pytest.mark.asyncio

REFUSED = error(401, "Incorrect API key")
EMPTY = error(429, "You exceeded your current quota", code="insufficient_quota")
UNPAID = error(402, "no credits")
FORBIDDEN = error(403, "no access to this model")
UNKNOWN = error(404, "no such model")


def named(trial, name):
    return trial.model_copy(update={"api_name": name})


@pytest.mark.parametrize("behave", [REFUSED, EMPTY, UNPAID, FORBIDDEN, UNKNOWN])
async def test_later_calls_fail_alike_without_being_made(loopback, make_client, trial, behave):
    loopback.answers(behave, say(chat()))
    client = make_client()
    first = await client.complete(trial, loopback.provider)
    second = await client.complete(trial, loopback.provider)
    assert (first.attempts, second.attempts) == (1, 0)
    assert second == first.model_copy(update={"attempts": 0})
    assert len(loopback.requests) == 1


@pytest.mark.parametrize(
    ("behave", "calls"), [(REFUSED, 1), (EMPTY, 1), (UNPAID, 1), (FORBIDDEN, 2), (UNKNOWN, 2)]
)
async def test_an_accounts_failure_is_all_models_and_a_models_its_own(
    loopback, make_client, trial, behave, calls
):
    loopback.answers(behave)
    client = make_client()
    for name in ("a", "b"):
        assert (await client.complete(named(trial, name), loopback.provider)).fatal
    assert len(loopback.requests) == calls


async def test_another_key_and_another_address_are_asked(loopback, make_client, trial):
    loopback.answers(REFUSED, say(chat()))
    client = make_client(environ={"LOOPBACK_KEY": "sk-first", "OTHER_KEY": "sk-second"})
    await client.complete(trial, loopback.provider)
    other_key = loopback.provider.model_copy(update={"api_key_env": "OTHER_KEY"})
    assert (await client.complete(trial, other_key)).text == "hello"
    other_address = loopback.provider.model_copy(update={"base_url": f"{loopback.url}/v2"})
    assert (await client.complete(trial, other_address)).text == "hello"
    own = {"x-api-key": "sk-of-the-model"}
    assert (await client.complete(trial, loopback.provider, own)).text == "hello"


async def test_calls_in_line_fail_alike_and_calls_in_flight_finish(loopback, make_client, trial):
    both = asyncio.Event()
    answered = asyncio.Event()

    async def first(writer):
        await both.wait()
        await REFUSED(writer)
        answered.set()

    async def second(writer):
        both.set()
        await answered.wait()
        await asyncio.sleep(0.2)
        await say(chat("paid"))(writer)

    loopback.answers(first, second)
    client = make_client(concurrency=2)
    outcomes = await asyncio.gather(*(client.complete(trial, loopback.provider) for _ in range(20)))
    assert len(loopback.requests) == 2
    assert outcomes[1].text == "paid"
    assert [outcome.attempts for outcome in outcomes] == [1, 1, *[0] * 18]
    assert {outcome.message for outcome in outcomes[2:]} == {outcomes[0].message}


async def test_a_call_that_waits_for_another_attempt_makes_none(loopback, make_client, trial, time):
    loopback.answers(error(503), UNPAID)
    client = make_client()
    waiting = asyncio.Event()
    slept = time.sleep

    async def sleep(seconds):
        waiting.set()
        await asyncio.sleep(0.2)
        await slept(seconds)

    time.sleep = sleep
    client._clock = time.clock
    call = asyncio.create_task(client.complete(trial, loopback.provider))
    await waiting.wait()
    await client.complete(trial, loopback.provider)
    failure = await call
    assert (failure.kind, failure.attempts) == ("quota", 1)
    assert len(loopback.requests) == 2


@pytest.mark.parametrize(
    "behave",
    [
        error(400, "too long"),
        error(403, "Your input was flagged by moderation"),
        error(503),
        say({"choices": []}),
        say(b"<html>", content_type="text/html"),
        say(b"", 302, location="http://127.0.0.1/"),
    ],
)
async def test_other_failures_are_their_own_calls(loopback, make_client, trial, behave):
    loopback.answers(behave, say(chat()))
    client = make_client(retries=0)
    await client.complete(trial, loopback.provider)
    assert (await client.complete(trial, loopback.provider)).text == "hello"
