"""Answers in JSON that others would not write: read where that is possible, asked for again where not."""

from __future__ import annotations

import pytest
from loopback import say
from misbehaving import BODY
from streams import WHOLE, event, piece, say_stream, stream

pytestmark = pytest.mark.asyncio


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
