"""Each way to fail at each stage of a call: what it is called, how many calls are made, what is kept."""

from __future__ import annotations

import asyncio
import json
import socket
import struct

import pytest
from loopback import chat, say
from streams import WHOLE, event, hang_up, piece, say_stream, silence, stream

pytestmark = pytest.mark.asyncio


async def reset(writer):
    """Close so that the other side is told that something is wrong."""
    await asyncio.sleep(0.02)
    at_once = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    writer.transport.abort()


async def garbage(writer):
    """Go on with what is neither HTTP nor an event nor JSON."""
    writer.write(b"\xff\xfe\0\0 nonsense\r\n\r\n")
    await writer.drain()
    writer.close()


def after(sent, then):
    async def behave(writer):
        writer.write(sent)
        await writer.drain()
        await then(writer)

    return behave


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
BODY = json.dumps(chat()).encode()

STAGES = {
    "before the answer": b"",
    "in the status line": b"HTTP/1.1 20",
    "in the headers": HEAD + b"content-len",
    "after the headers": HEAD + b"content-length: 500\r\n\r\n",
    "in the body": HEAD + b"content-length: 500\r\n\r\n" + BODY[:40],
}
ENDS = {"closed": hang_up, "reset": reset, "silent": silence, "garbage": garbage}

GARBAGE_IS_FATAL = {"before the answer": True, "in the status line": True, "in the headers": True}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("stage", STAGES)
async def test_an_answer_in_one_piece(loopback, make_client, trial, stage, end):
    loopback.answers(after(STAGES[stage], ENDS[end]))
    failure = await make_client(retries=1, silence_s=0.2).complete(trial, loopback.provider)
    fatal = end == "garbage" and stage in GARBAGE_IS_FATAL
    assert failure.kind == ("timeout" if end == "silent" else "protocol" if fatal else "connection")
    assert (failure.fatal, failure.attempts) == (fatal, 1 if fatal else 2)
    assert len(loopback.requests) == failure.attempts


STREAM_STAGES = {
    "before the first piece": [],
    "after the role": [event(piece(role="assistant"))],
    "in the answer": [event(piece("half")), event(piece(" of"))],
    "in an event": [event(piece("half")), b'data: {"choices": [{"del'],
}


@pytest.mark.parametrize("end", ["closed", "reset", "silent"])
@pytest.mark.parametrize("stage", STREAM_STAGES)
async def test_a_stream(loopback, make_client, trial, stage, end):
    loopback.answers(say_stream(*STREAM_STAGES[stage], whole=False, then=ENDS[end]))
    failure = await make_client(retries=1, silence_s=0.2).complete(trial, loopback.provider)
    assert failure.kind == ("timeout" if end == "silent" else "connection")
    assert (failure.fatal, failure.attempts, len(loopback.requests)) == (False, 2, 2)


@pytest.mark.parametrize("end", ["closed", "reset", "silent"])
@pytest.mark.parametrize(("pieces", "done"), [(WHOLE, True), (WHOLE, False)])
async def test_after_the_last_token_nothing_is_lost(loopback, make_client, trial, pieces, done, end):
    loopback.answers(say_stream(stream(pieces, done=done), whole=False, then=ENDS[end]))
    completion = await make_client(silence_s=0.2).complete(trial, loopback.provider)
    assert (completion.text, completion.usage.output, completion.attempts) == ("hello", 5, 1)
    assert len(loopback.requests) == 1


async def test_nobody_accepts(make_client, trial, loopback):
    """A queue of connections that is full: what a dead host or a firewall looks like."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        provider = loopback.provider.model_copy(update={"base_url": f"http://127.0.0.1:{port}/v1"})
        failure = await make_client(retries=1, connect_s=0.2).complete(trial, provider)
        for filler in fillers:
            filler.close()
    assert (failure.kind, failure.fatal, failure.attempts) == ("timeout", False, 2)
    assert "did not accept a connection within 0.2 s" in failure.message


@pytest.mark.parametrize(
    ("raw", "text", "output"),
    [
        (BODY.replace(b'"completion_tokens": 5', b'"completion_tokens": NaN'), "hello", None),
        (BODY.replace(b'"completion_tokens": 5', b'"completion_tokens": -Infinity'), "hello", None),
        (BODY.replace(b'"completion_tokens": 5', b'"completion_tokens": "5"'), "hello", None),
        (BODY.replace(b'"completion_tokens": 5', b'"completion_tokens": 1e400'), "hello", None),
        (BODY.replace(b'"content": "hello"', b'"content": "first", "content": "hello"'), "hello", 5),
        (BODY.replace(b"hello", b"\\ud800"), "\ufffd", 5),
        (BODY.replace(b"hello", b"a\\u0000b"), "a\0b", 5),
    ],
)
async def test_json_that_others_would_not_write(loopback, make_client, trial, raw, text, output):
    assert raw != BODY
    loopback.answers(say(raw))
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.usage.output, completion.usage.input) == (text, output, 7)


async def test_a_stream_that_is_not_utf8_is_asked_for_again(loopback, make_client, trial):
    broken = event(piece("half")) + b'data: {"choices": [{"delta": {"content": "\xff"}}]}\n\n'
    loopback.answers(say_stream(broken), say_stream(stream(WHOLE)))
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.attempts) == ("hello", 2)


async def test_the_key_does_not_follow_a_redirect_to_another_host(loopback, make_client, trial):
    for status in (301, 302, 303, 307, 308):
        loopback.answers(say(b"", status, location="http://localhost:1/v1/chat/completions"))
        failure = await make_client().complete(trial, loopback.provider)
        assert (failure.kind, failure.fatal, failure.attempts) == ("protocol", True, 1)
    assert len(loopback.requests) == 5
