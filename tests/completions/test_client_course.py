"""A call over its attempts: it ends in bounded time, and nothing is asked that nobody waits for."""

from __future__ import annotations

import asyncio

import pytest
from loopback import chat, error, say

pytestmark = pytest.mark.asyncio


def named(trial, name):
    return trial.model_copy(update={"api_name": name})


def of_tasks(trial, number):
    return [trial.model_copy(update={"task": f"t{n}"}) for n in range(number)]


async def test_waits_count_against_the_calls_time(loopback, make_client, trial, time):
    loopback.answers(say({}, 503, retry_after="40"))
    failure = await make_client(call_s=100).complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("server", 3)
    assert failure.message.endswith("; there is no time for another attempt (3 attempts)")
    assert time.at - 1_000_000 < 100


async def test_an_attempt_has_no_more_time_than_its_call(loopback, make_client, trial):
    async def never(writer):
        await asyncio.sleep(3600)

    loopback.answers(never)
    failure = await make_client(retries=0, call_s=0.2).complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("timeout", 1)
    assert "gave no whole answer within 0.2 s" in failure.message


async def test_the_line_counts_against_the_calls_time_once_it_has_begun(loopback, make_client, trial):
    """A call that has failed, and whose place another one has taken meanwhile, does not wait for ever."""
    gate = asyncio.Event()

    async def held(writer):
        await gate.wait()
        await say(chat("other"))(writer)

    loopback.answers(error(503), held)
    client = make_client(concurrency=1, call_s=0.8)
    first = asyncio.create_task(client.complete(trial, loopback.provider))
    other = asyncio.create_task(client.complete(named(trial, "other"), loopback.provider))
    failure = await first
    gate.set()
    assert (failure.kind, failure.attempts, failure.status_code) == ("server", 1, 503)
    assert "no time for another attempt" not in failure.message, "it was in line"
    assert (await other).text == "other"
    assert len(loopback.requests) == 2


async def test_a_provider_that_is_down_is_given_up(loopback, make_client, trial, time):
    async def unwell(writer):
        time.at += 10
        await error(500, "unwell")(writer)

    loopback.answers(unwell)
    client = make_client(concurrency=2)
    outcomes = await asyncio.gather(*(client.complete(t, loopback.provider) for t in of_tasks(trial, 200)))
    assert {outcome.kind for outcome in outcomes} == {"server"}
    assert len(loopback.requests) <= 14
    assert outcomes[-1].attempts == 0
    assert "answered 500 Internal Server Error: 'unwell'" in outcomes[-1].message
    assert outcomes[-1].message.endswith("s without an answer")


async def test_another_model_there_is_asked_all_the_same(loopback, make_client, trial, time):
    async def unwell(writer):
        time.at += 10
        answer = say(chat()) if loopback.requests[-1].json["model"] == "fine" else error(500)
        await answer(writer)

    loopback.answers(unwell)
    client = make_client(concurrency=1)
    await asyncio.gather(*(client.complete(t, loopback.provider) for t in of_tasks(trial, 20)))
    assert (await client.complete(named(trial, "fine"), loopback.provider)).text == "hello"


async def test_one_prompt_that_is_too_much_says_nothing_of_others(loopback, make_client, trial, time):
    async def slow(writer):
        time.at += 60
        await error(504)(writer)

    loopback.answers(slow)
    client = make_client(concurrency=1)
    for index in range(2):
        await client.complete(trial.model_copy(update={"index": index}), loopback.provider)
    loopback.answers(say(chat()))
    assert (await client.complete(trial, loopback.provider)).text == "hello"


async def test_after_a_stop_no_request_is_sent_and_those_in_flight_finish(loopback, make_client, trial, time):
    first, gate = asyncio.Event(), asyncio.Event()

    async def held(writer):
        first.set()
        await gate.wait()
        await say(chat("paid"))(writer)

    loopback.answers(held)
    client = make_client(concurrency=1)
    calls = [asyncio.create_task(client.complete(trial, loopback.provider)) for _ in range(5)]
    await first.wait()
    client.stop()
    rest = await asyncio.gather(*calls[1:])
    assert {(reply.kind, reply.attempts) for reply in rest} == {("cancelled", 0)}
    gate.set()
    assert (await calls[0]).text == "paid"
    assert len(loopback.requests) == 1


async def test_a_stop_ends_waits_between_attempts(loopback, make_client, trial, time):
    waiting = asyncio.Event()

    async def sleep(seconds):
        waiting.set()
        await asyncio.sleep(3600)

    time.sleep = sleep
    loopback.answers(error(503))
    client = make_client()
    call = asyncio.create_task(client.complete(trial, loopback.provider))
    await waiting.wait()
    client.stop()
    failure = await call
    assert (failure.kind, failure.attempts) == ("cancelled", 1)
    assert len(loopback.requests) == 1


async def test_a_connection_that_was_closed_meanwhile_costs_no_attempt(loopback, make_client, trial):
    async def then_close(writer):
        await say(chat())(writer)
        await asyncio.sleep(0)
        writer.close()

    loopback.answers(then_close)
    client = make_client(retries=0)
    for _ in range(20):
        completion = await client.complete(trial, loopback.provider)
        assert (completion.text, completion.attempts) == ("hello", 1)


async def test_a_server_that_always_hangs_up_on_second_requests_is_not_asked_for_ever(
    loopback, make_client, trial
):
    async def hang_up(writer):
        writer.close()

    loopback.answers(say(chat()), hang_up)
    client = make_client(retries=0)
    await client.complete(trial, loopback.provider)
    failure = await client.complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("connection", 1)
    assert len(loopback.requests) <= 5
