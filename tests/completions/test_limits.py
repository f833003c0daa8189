"""Who may go when: as many as a provider takes, evenly over a minute, models in turn."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from time import monotonic

import pytest
from loopback import KEY, chat, error, say

from pytest_llmbench.completions.client import ChatClient
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.limits import ConnectionLimits
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.transport import make_transport
from pytest_llmbench.models.model import Provider

pytestmark = pytest.mark.asyncio

HERE = Provider(id="here", base_url="http://127.0.0.1:1/v1", concurrency=2)


async def going(limit, order, model, name, until=None, **more):
    permit = await limit.permit(model, 10, lambda: False, **more)
    with permit:
        order.append(name)
        await (asyncio.sleep(0) if until is None else until.wait())


async def test_models_take_turns_and_a_second_try_comes_first(time):
    limit = ConnectionLimits(clock=time.clock).of(HERE.model_copy(update={"concurrency": 1}))
    order, gate = [], asyncio.Event()
    calls = [going(limit, order, "a", "a0", gate)]
    calls += [going(limit, order, "a", f"a{n}") for n in (1, 2, 3)]
    calls += [going(limit, order, "b", f"b{n}") for n in (1, 2)]
    calls += [going(limit, order, "a", "a again", again=True)]
    tasks = [asyncio.create_task(call) for call in calls]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert order == ["a0", "a again", "b1", "a1", "b2", "a2", "a3"]


async def test_many_go_a_few_at_a_time(time):
    """The first are on their way while the others get ready; they do not wait for an answer."""
    limit = ConnectionLimits(clock=time.clock).of(HERE.model_copy(update={"concurrency": 90}))
    order, gate, seen = [], asyncio.Event(), []
    tasks = [asyncio.create_task(going(limit, order, "a", n, gate)) for n in range(100)]
    for _ in range(8):
        await asyncio.sleep(0)
        seen.append(len(order))
    gate.set()
    await asyncio.gather(*tasks)
    rises = [after - before for before, after in pairwise([0, *seen]) if after > before]
    assert rises == [32, 32, 26]
    assert order == list(range(100))


async def test_one_provider_does_not_wait_for_another(time):
    limits, order, gate = ConnectionLimits(1, time.clock), [], asyncio.Event()
    other = Provider(id="other", base_url="http://127.0.0.1:2/v1")
    held = asyncio.create_task(going(limits.of(HERE), order, "a", "held", gate))
    await asyncio.sleep(0)
    await going(limits.of(other), order, "a", "free")
    gate.set()
    await held
    assert order == ["held", "free"]


async def test_who_goes_away_takes_no_place(time):
    limit = ConnectionLimits(clock=time.clock).of(HERE.model_copy(update={"concurrency": 1}))
    order, gate = [], asyncio.Event()
    first = asyncio.create_task(going(limit, order, "a", "first", gate))
    gone = asyncio.create_task(going(limit, order, "a", "gone"))
    last = asyncio.create_task(going(limit, order, "a", "last"))
    await asyncio.sleep(0)
    gone.cancel()
    gate.set()
    await asyncio.gather(first, last)
    assert order == ["first", "last"]


async def test_requests_are_spread_over_the_minute(loopback, make_client, trial, time):
    provider = loopback.provider.model_copy(update={"requests_per_minute": 60})
    client, began = make_client(), time.at
    await asyncio.gather(*(client.complete(trial, provider) for _ in range(10)))
    assert time.at - began == pytest.approx(8)
    assert sum(time.waits) == pytest.approx(8)


async def test_tokens_are_spread_over_the_minute(loopback, make_client, trial, time):
    # 100 tokens of output at most, and 23 characters of prompt.
    provider = loopback.provider.model_copy(update={"tokens_per_minute": 105 * 6})
    client, began = make_client(), time.at
    await asyncio.gather(*(client.complete(trial, provider) for _ in range(4)))
    assert time.at - began == pytest.approx(29)


async def test_a_storm_of_429_is_waited_out(loopback, trial):
    """A server that takes 10 calls at once and then 40 a second: all get through, few are sent in vain."""
    left, last, refused = 10.0, monotonic(), 0

    async def limited(writer):
        nonlocal left, last, refused
        now = monotonic()
        left, last = min(10.0, left + (now - last) * 40), now
        refused += left < 1
        answer = say(chat()) if left >= 1 else error(429, "slow down")
        left -= left >= 1
        await answer(writer)

    loopback.answers(limited)
    async with make_transport({}) as http:
        client = ChatClient(http, {"LOOPBACK_KEY": KEY}, retry=RetryPolicy(base_s=0.2))
        replies = await asyncio.gather(*(client.complete(trial, loopback.provider) for _ in range(60)))
    assert {type(reply) for reply in replies} == {Completion}
    assert refused <= 60


async def test_a_server_that_says_when_is_not_asked_before(loopback, make_client, trial, time):
    began = time.at
    early = 0

    async def until(writer):
        nonlocal early
        if time.at - began >= 20:
            await say(chat())(writer)
        else:
            early += 1
            await say({}, 429, retry_after="20")(writer)

    loopback.answers(until)
    client = make_client(concurrency=4)
    replies = await asyncio.gather(*(client.complete(trial, loopback.provider) for _ in range(30)))
    assert [reply.text for reply in replies] == ["hello"] * 30
    assert early == 4


async def test_it_gets_fewer_at_once_and_then_more(loopback, make_client, trial):
    storm = True

    async def answer(writer):
        await asyncio.sleep(0.005)
        await (error(503)(writer) if storm else say(chat())(writer))

    loopback.answers(answer)
    client = make_client(retries=0, concurrency=8)
    await asyncio.gather(*(client.complete(trial, loopback.provider) for _ in range(40)))
    window = client._limits.of(loopback.provider).window
    assert window.size == 1
    storm = False
    loopback.open_most = 0
    await asyncio.gather(*(client.complete(trial, loopback.provider) for _ in range(60)))
    assert loopback.open_most == window.size == 8
