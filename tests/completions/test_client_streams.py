"""Streams over a real connection: their times, and what happens when they break, at each stage."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from loopback import chat, error, say
from streams import WHOLE, counts, event, hang_up, piece, say_stream, silence, stream

from pytest_llmbench.completions.completion import Completion, Usage

pytestmark = pytest.mark.asyncio


async def test_a_stream_is_a_completion_with_its_times(loopback, make_client, trial, time):
    moved = asyncio.Event()

    async def slowly(writer):
        await say_stream(event(piece(role="assistant")), whole=False)(writer)
        time.at += 2
        rest = stream(WHOLE[1:])
        writer.write(f"{40:x}\r\n".encode() + rest[:40] + b"\r\n")
        await writer.drain()
        await moved.wait()
        time.at += 3
        writer.write(f"{len(rest) - 40:x}\r\n".encode() + rest[40:] + b"\r\n0\r\n\r\n")
        await writer.drain()

    loopback.answers(slowly)
    asyncio.get_running_loop().call_later(0.1, moved.set)
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.usage) == ("hello", Usage(input=7, output=5))
    assert completion.latency_s == 5
    assert 2 <= completion.first_token_s <= 5
    assert completion.attempts == 1


async def test_a_plain_answer_has_no_first_token(loopback, make_client, trial):
    completion = await make_client().complete(trial, loopback.provider)
    assert completion.first_token_s is None


async def test_a_packed_stream_is_unpacked(loopback, make_client, trial):
    loopback.answers(
        say(gzip.compress(stream(WHOLE)), content_type="text/event-stream", content_encoding="gzip")
    )
    assert (await make_client().complete(trial, loopback.provider)).text == "hello"


async def test_a_connection_is_used_again_after_a_stream(loopback, make_client, trial):
    accepted = loopback.open_most
    ports = set()

    async def noting(writer):
        ports.add(writer.get_extra_info("peername")[1])
        await say_stream(*(event(each) for each in WHOLE), event(b"[DONE]"))(writer)

    loopback.answers(noting)
    client = make_client()
    for _ in range(3):
        assert isinstance(await client.complete(trial, loopback.provider), Completion)
    assert accepted == 0
    assert len(ports) == 1


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [event(piece(role="assistant"))],
        [event(piece("half of it"))],
        [event(piece("half of it")), event(counts())],
        [stream(WHOLE, done=False)[:200]],
    ],
)
@pytest.mark.parametrize("cleanly", [True, False])
async def test_a_stream_that_breaks_is_asked_for_again(loopback, make_client, trial, sent, cleanly):
    loopback.answers(say_stream(*sent, whole=cleanly, then=hang_up))
    client = make_client()
    failure = await client.complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal, failure.attempts) == ("connection", False, 5)
    words = "ended its stream before" if cleanly else "broke off in the middle of its answer"
    assert words in failure.message
    loopback.answers(say_stream(stream(WHOLE)))
    assert (await client.complete(trial, loopback.provider)).text == "hello"


@pytest.mark.parametrize("sent", [WHOLE[:-1], WHOLE])
@pytest.mark.parametrize("cleanly", [True, False])
async def test_an_answer_that_is_whole_is_not_paid_for_twice(loopback, make_client, trial, sent, cleanly):
    loopback.answers(say_stream(stream(sent, done=False), whole=cleanly, then=hang_up))
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.finish_reason, completion.attempts) == ("hello", "stop", 1)
    assert completion.usage.output == (5 if sent is WHOLE else None)


async def test_a_connection_that_stays_open_after_the_last_word_is_left(loopback, make_client, trial):
    loopback.answers(say_stream(stream(WHOLE), whole=False, then=silence))
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.attempts) == ("hello", 1)


async def test_a_flood_after_the_last_word_is_left(loopback, make_client, trial):
    async def flood(writer):
        while True:
            writer.write(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
            await writer.drain()

    loopback.answers(say_stream(stream(WHOLE), whole=False, then=flood))
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.attempts) == ("hello", 1)


async def test_silence_in_the_middle_ends_an_attempt(loopback, make_client, trial):
    loopback.answers(say_stream(event(piece("half")), whole=False, then=silence))
    failure = await make_client(retries=1, silence_s=0.2).complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("timeout", 2)
    assert "was silent for 0.2 s" in failure.message


async def test_what_keeps_a_stream_alive_is_no_silence(loopback, make_client, trial):
    async def alive(writer):
        await say_stream(whole=False)(writer)
        for _ in range(10):
            writer.write(b"e\r\n: keep-alive\n\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.1)
        rest = stream(WHOLE)
        writer.write(f"{len(rest):x}\r\n".encode() + rest + b"\r\n0\r\n\r\n")

    loopback.answers(alive)
    completion = await make_client(retries=0, silence_s=0.8).complete(trial, loopback.provider)
    assert completion.text == "hello"


async def test_a_stream_without_end_ends_with_the_attempt(loopback, make_client, trial):
    async def drip(writer):
        while True:
            writer.write(b"e\r\n: keep-alive\n\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    loopback.answers(say_stream(whole=False, then=drip))
    failure = await make_client(retries=0, attempt_s=0.3).complete(trial, loopback.provider)
    assert failure.message == f"{loopback.url} gave no whole answer within 0.3 s"


async def test_an_event_without_end_is_cut(loopback, make_client, trial):
    async def flood(writer):
        while True:
            writer.write(b"80000\r\n" + b"x" * 0x80000 + b"\r\n")
            await writer.drain()

    loopback.answers(say_stream(event(piece("x")) + b"data: ", whole=False, then=flood))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("protocol", 1)
    assert "sent more than 16 MiB, which is no answer" in failure.message


async def test_a_bomb_in_a_stream_is_not_unpacked(loopback, make_client, trial):
    bomb = gzip.compress(event(piece("x")) + b"data: " + bytes(2**25))
    loopback.answers(say(bomb, content_type="text/event-stream", content_encoding="gzip"))
    failure = await make_client().complete(trial, loopback.provider)
    assert "sent more than 16 MiB" in failure.message


@pytest.mark.parametrize(("code", "kind", "attempts"), [(429, "rate_limit", 5), (401, "authentication", 1)])
async def test_an_error_in_the_middle_is_no_answer(loopback, make_client, trial, code, kind, attempts):
    sent = event(piece("half")) + event({"error": {"message": "oh", "code": code}})
    loopback.answers(say_stream(sent, whole=False, then=hang_up))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == (kind, attempts)


async def late(writer):
    await asyncio.sleep(0.5)
    await say(chat("late"))(writer)


STREAM_REFUSED = error(400, "Streaming is not supported for this model", param="stream")


async def test_an_answer_in_one_piece_may_be_silent_until_it_is_whole(loopback, make_client, trial):
    loopback.answers(STREAM_REFUSED, late)
    completion = await make_client(retries=0, silence_s=0.2).complete(trial, loopback.provider)
    assert (completion.text, completion.attempts) == ("late", 2)


async def test_a_server_that_ignored_the_stream_once_is_given_that_time_too(loopback, make_client, trial):
    loopback.answers(say(chat("soon")), late)
    client = make_client(retries=0, silence_s=0.2)
    texts = [(await client.complete(trial, loopback.provider)).text for _ in range(2)]
    assert texts == ["soon", "late"]
    assert loopback.requests[1].json["stream"] is True
    other = trial.model_copy(update={"api_name": "other"})
    assert (await client.complete(other, loopback.provider)).kind == "timeout"


async def test_a_provider_without_streams_is_not_asked_for_one(loopback, make_client, trial):
    loopback.answers(late)
    provider = loopback.provider.model_copy(update={"stream": False})
    completion = await make_client(retries=0, silence_s=0.2).complete(trial, provider)
    assert (completion.text, completion.adapted) == ("late", ())
    assert loopback.requests[0].json["stream"] is False
    assert "stream_options" not in loopback.requests[0].json


async def test_patience_ends_with_the_attempt_and_with_what_a_provider_says(loopback, make_client, trial):
    loopback.answers(silence)
    provider = loopback.provider.model_copy(update={"stream": False})
    client = make_client(retries=0, silence_s=0.1, attempt_s=0.3)
    failure = await client.complete(trial, provider)
    assert "no whole answer within 0.3 s" in failure.message
    failure = await client.complete(trial, provider.model_copy(update={"timeout_s": 0.05}))
    assert "was silent for 0.05 s" in failure.message


async def test_patience_is_for_the_first_byte(loopback, make_client, trial):
    async def half(writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
        await writer.drain()
        await silence(writer)

    loopback.answers(half)
    provider = loopback.provider.model_copy(update={"stream": False})
    failure = await make_client(retries=0, silence_s=0.2).complete(trial, provider)
    assert failure.message == f"{loopback.url} was silent for 0.2 s"
