"""Anthropic's messages API, in the shapes that its documentation records."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import KEY, say
from streams import hang_up, say_stream

from pytest_llmbench.completions.completion import Completion, Usage
from pytest_llmbench.completions.protocols import PROTOCOLS
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.trouble import Trouble

MESSAGE = {
    "id": "msg_01",
    "type": "message",
    "role": "assistant",
    "model": "claude-x-0901",
    "content": [
        {"type": "thinking", "thinking": "twice, so", "signature": "c2ln"},
        {"type": "text", "text": "hel"},
        {"type": "text", "text": "lo"},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 10,
        "cache_creation_input_tokens": 2,
        "cache_read_input_tokens": 5,
        "output_tokens": 9,
    },
}

START = {**MESSAGE, "content": [], "stop_reason": None, "usage": {**MESSAGE["usage"], "output_tokens": 1}}
EVENTS = [
    {"type": "message_start", "message": START},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "twice, "}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "so"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "c2ln"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "hel"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "lo"}},
    {"type": "content_block_stop", "index": 1},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 9},
    },
    {"type": "message_stop"},
]

READ = Completion(
    text="hello",
    reasoning="twice, so",
    finish_reason="stop",
    native_finish_reason="end_turn",
    usage=Usage(input=17, output=9, cached=5),
    model_returned="claude-x-0901",
)


def stream(events):
    return b"".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n".encode() for e in events)


def read(raw, content_type):
    reader = PROTOCOLS["anthropic"].reader(content_type, Secrets([]))
    for start in range(0, len(raw), 11):
        reader.feed(raw[start : start + 11])
    return reader.finish()


def test_a_stream_and_a_whole_message_are_read_alike():
    assert read(stream(EVENTS), "text/event-stream") == READ
    assert read(json.dumps(MESSAGE).encode(), "application/json") == READ


@pytest.mark.parametrize(
    ("reason", "finish", "refused"),
    [
        ("max_tokens", "length", False),
        ("model_context_window_exceeded", "length", False),
        ("stop_sequence", "stop", False),
        ("refusal", "content_filter", True),
        ("tool_use", "tool_calls", False),
    ],
)
def test_why_it_ended(reason, finish, refused):
    completion = read(json.dumps({**MESSAGE, "stop_reason": reason}).encode(), "application/json")
    assert (completion.finish_reason, completion.native_finish_reason) == (finish, reason)
    assert completion.refused is refused


def test_an_end_that_nobody_knows_is_the_servers():
    trouble = read(json.dumps({**MESSAGE, "stop_reason": "pause_turn"}).encode(), "application/json")
    assert isinstance(trouble, Trouble)
    assert trouble.kind == "server"


@pytest.mark.parametrize("body", [{"object": "list"}, [], "x", {"type": "completion", "completion": "x"}])
def test_another_api_is_said_to_be_one(body):
    trouble = read(json.dumps(body).encode(), "application/json")
    assert trouble.text.startswith("is not Anthropic's messages API: the answer ")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "message", "delta", "content", "usage", "error", "text", "content_block"]
                )
                | st.text(),
                x,
            )
        ),
    )
)
def test_no_document_breaks_it(document):
    raw = json.dumps(document).encode()
    assert isinstance(read(raw, "application/json"), Completion | Trouble)
    assert isinstance(read(b"data: " + raw + b"\n\n", "text/event-stream"), Completion | Trouble)


@pytest.fixture
def provider(loopback):
    return loopback.provider.model_copy(update={"protocol": "anthropic"})


@pytest.mark.asyncio
async def test_what_is_sent(loopback, make_client, trial, provider):
    loopback.answers(say_stream(stream(EVENTS)))
    completion = await make_client().complete(trial, provider)
    (request,) = loopback.requests
    assert request.path == "/v1/messages"
    assert request.json == {
        "model": "m",
        "system": "You are terse.",
        "messages": [{"role": "user", "content": "Write it."}],
        "temperature": 0.2,
        "max_tokens": 100,
        "stream": True,
    }
    assert request.headers["x-api-key"] == KEY
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in request.headers
    assert completion.text == "hello"
    assert completion.adapted == ("seed not sent: the API has none",)
    assert completion.first_token_s is not None


def failing(kind, message="no"):
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


@pytest.mark.parametrize(
    ("status", "kind", "message", "expected"),
    [
        (401, "authentication_error", "invalid x-api-key", ("authentication", True, 1)),
        (403, "permission_error", "no", ("authentication", True, 1)),
        (404, "not_found_error", "model: m", ("not_found", True, 1)),
        (400, "invalid_request_error", "Your credit balance is too low", ("quota", True, 1)),
        (400, "invalid_request_error", "max_tokens: 9 > 8", ("request", False, 1)),
        (413, "request_too_large", "no", ("request", False, 1)),
        (429, "rate_limit_error", "no", ("rate_limit", False, 2)),
        (500, "api_error", "no", ("server", False, 2)),
        (529, "overloaded_error", "Overloaded", ("server", False, 2)),
    ],
)
@pytest.mark.asyncio
async def test_failures(loopback, make_client, trial, provider, status, kind, message, expected):
    loopback.answers(say(failing(kind, message), status))
    failure = await make_client(retries=1).complete(trial, provider)
    assert (failure.kind, failure.fatal, failure.attempts) == expected
    assert f"'{message}'" in failure.message


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("overloaded_error", ("server", False, 2)),
        ("rate_limit_error", ("rate_limit", False, 2)),
        ("invalid_request_error", ("request", False, 1)),
    ],
)
@pytest.mark.asyncio
async def test_a_failure_in_the_middle(loopback, make_client, trial, provider, kind, expected):
    loopback.answers(say_stream(stream([*EVENTS[:9], failing(kind)]), whole=False, then=hang_up))
    failure = await make_client(retries=1).complete(trial, provider)
    assert (failure.kind, failure.fatal, failure.attempts) == expected


@pytest.mark.asyncio
async def test_a_stream_that_ends_early_is_no_answer(loopback, make_client, trial, provider):
    loopback.answers(say_stream(stream(EVENTS[:10])), say_stream(stream(EVENTS[:-1])))
    completion = await make_client().complete(trial, provider)
    assert (completion.text, completion.attempts) == ("hello", 2)


@pytest.mark.asyncio
async def test_thinking_that_takes_no_temperature(loopback, make_client, trial, provider):
    refusal = failing("invalid_request_error", "`temperature` may only be set to 1 when thinking is enabled.")
    loopback.answers(say(refusal, 400), say(MESSAGE))
    completion = await make_client(retries=0).complete(trial, provider)
    assert completion.adapted == ("temperature not sent", "seed not sent: the API has none")
    assert "temperature" not in loopback.requests[1].json
