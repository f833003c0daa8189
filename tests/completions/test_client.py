"""What is sent, and what comes back when all is well."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from loopback import KEY, chat, say

from pytest_llmbench.completions.completion import Completion, Usage

pytestmark = pytest.mark.asyncio


async def test_a_request_is_the_trial(loopback, make_client, trial):
    trial = trial.model_copy(
        update={"parameters": trial.parameters.model_copy(update={"extra_body": {"top_p": 0.5}})}
    )
    await make_client().complete(trial, loopback.provider)
    (request,) = loopback.requests
    assert request.path == "/v1/chat/completions"
    assert request.json == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "Write it."},
        ],
        "temperature": 0.2,
        "max_tokens": 100,
        "seed": 3,
        "top_p": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_a_reply_is_a_completion(loopback, make_client, trial):
    usage = {
        "prompt_tokens": 7,
        "completion_tokens": 5,
        "completion_tokens_details": {"reasoning_tokens": 2},
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    loopback.answers(say(chat("code", usage=usage, system_fingerprint="fp_1")))
    completion = await make_client().complete(trial, loopback.provider)
    assert completion == Completion(
        text="code",
        finish_reason="stop",
        usage=Usage(input=7, output=5, reasoning=2, cached=4),
        model_returned="m-0901",
        system_fingerprint="fp_1",
        latency_s=0.0,
        request={
            "model": "m",
            "temperature": 0.2,
            "max_tokens": 100,
            "seed": 3,
            "stream": True,
            "stream_options": {"include_usage": True},
        },
    )


async def test_headers_of_provider_and_model_are_sent_and_the_key_wins(loopback, make_client, trial):
    provider = loopback.provider.model_copy(update={"headers": {"X-Title": "bench", "Authorization": "mine"}})
    await make_client().complete(trial, provider, {"X-Title": "model"})
    headers = loopback.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-title"] == "model"
    assert headers["user-agent"].startswith("pytest-llmbench/")
    assert headers["content-type"] == "application/json"


async def test_no_key_is_sent_where_none_is_named(loopback, make_client, trial):
    provider = loopback.provider.model_copy(update={"api_key_env": None})
    await make_client().complete(trial, provider)
    assert "authorization" not in loopback.requests[0].headers


async def test_white_space_around_a_key_is_not_sent(loopback, make_client, trial):
    await make_client(environ={"LOOPBACK_KEY": f" {KEY}\n"}).complete(trial, loopback.provider)
    assert loopback.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({}, "is not set"),
        ({"LOOPBACK_KEY": " "}, "is not set"),
        ({"LOOPBACK_KEY": "sk-\nabc"}, "holds characters"),
    ],
)
async def test_without_a_proper_key_there_is_no_call(loopback, make_client, trial, environ, why):
    failure = await make_client(environ=environ).complete(trial, loopback.provider)
    assert failure.kind == "authentication"
    assert failure.fatal
    assert failure.attempts == 0
    assert f"LOOPBACK_KEY {why}" in failure.message
    assert "abc" not in failure.message
    assert loopback.requests == []


async def test_a_packed_reply_is_unpacked(loopback, make_client, trial):
    packed = gzip.compress(__import__("json").dumps(chat("packed")).encode())
    loopback.answers(say(packed, content_encoding="gzip"))
    completion = await make_client().complete(trial, loopback.provider)
    assert completion.text == "packed"
    assert loopback.requests[0].headers["accept-encoding"] == "gzip"


async def test_connections_are_kept_and_limited(loopback, make_client, trial):
    async def slowly(writer):
        await asyncio.sleep(0.01)
        await say(chat())(writer)

    loopback.answers(slowly)
    client = make_client(concurrency=3)
    replies = await asyncio.gather(*(client.complete(trial, loopback.provider) for _ in range(20)))
    assert all(isinstance(reply, Completion) for reply in replies)
    assert loopback.open_most == 3


async def test_a_providers_own_limit_is_kept(loopback, make_client, trial):
    async def slowly(writer):
        await asyncio.sleep(0.01)
        await say(chat())(writer)

    loopback.answers(slowly)
    provider = loopback.provider.model_copy(update={"concurrency": 2})
    client = make_client()
    await asyncio.gather(*(client.complete(trial, provider) for _ in range(8)))
    assert loopback.open_most == 2


async def test_calls_start_in_the_order_in_which_they_came(loopback, make_client, trial):
    client = make_client(concurrency=1)
    trials = [trial.model_copy(update={"prompt": str(n)}) for n in range(12)]
    await asyncio.gather(*(client.complete(each, loopback.provider) for each in trials))
    asked = [request.json["messages"][1]["content"] for request in loopback.requests]
    assert asked == [str(n) for n in range(12)]


async def test_cancelling_frees_the_connection(loopback, make_client, trial):
    started = asyncio.Event()

    async def never(writer):
        started.set()
        await asyncio.sleep(3600)

    loopback.answers(never)
    client = make_client(concurrency=1)
    call = asyncio.create_task(client.complete(trial, loopback.provider))
    await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    loopback.answers(say(chat("next")))
    assert (await client.complete(trial, loopback.provider)).text == "next"


async def test_a_system_message_that_is_empty_is_left_out(loopback, make_client, trial):
    await make_client().complete(trial.model_copy(update={"system": ""}), loopback.provider)
    assert [m["role"] for m in loopback.requests[0].json["messages"]] == ["user"]
