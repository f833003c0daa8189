"""A key is in the header Authorization, and nowhere else: whatever a server does with it."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote

import pytest
from loopback import KEY, chat, error, say
from streams import counts, event, piece, say_stream, stream

from pytest_llmbench.completions.redaction import HIDDEN

pytestmark = pytest.mark.asyncio

ESCAPED = KEY.replace("/", "\\/")


def spread(value=KEY):
    """A reply that repeats the key wherever a text may stand."""
    body = chat(f"# {value}", message={"reasoning_content": value, "refusal": value})
    return {**body, "model": value, "provider": value, "system_fingerprint": value}


@pytest.mark.parametrize(
    "behave",
    [
        say(spread()),
        say(json.dumps(spread()).replace(KEY, ESCAPED).encode()),
        say(chat("x", finish_reason=KEY)),
        error(401, f"bad key {KEY}"),
        error(401, f"bad key {quote(KEY, safe='')}"),
        error(500, "x" * 280 + KEY),
        error(400, KEY, param=KEY, code=KEY),
        say({KEY: KEY}, 400),
        say({KEY: 1}),
        say({"error": {"message": KEY, "code": 400}}),
        say(f"<p>{KEY}</p>".encode(), content_type="text/html"),
        say(f"not json {KEY}".encode()),
        say(f'{{"not json": "{ESCAPED}"'.encode()),
        say(f"not json {KEY}".encode(), 503),
        say(b"", 302, location=f"http://127.0.0.1/?key={KEY}"),
        say(b"", content_encoding=KEY),
        say_stream(
            stream([piece(f"# {KEY[:9]}"), piece(KEY[9:], "stop", refusal=KEY), counts(provider=KEY)])
        ),
        say_stream(event({"error": {"message": KEY, "code": 400}})),
        say_stream(b"event: error\n" + event(KEY.encode())),
        say_stream(event(f"not json {ESCAPED}".encode())),
    ],
)
async def test_a_key_never_comes_back(loopback, make_client, trial, behave, caplog):
    caplog.set_level(logging.DEBUG)
    loopback.answers(behave)
    outcome = await make_client(retries=1).complete(trial, loopback.provider)
    shown = outcome.model_dump_json() + repr(outcome) + str(outcome) + caplog.text
    assert loopback.requests[0].headers["authorization"] == f"Bearer {KEY}"
    for part in (KEY, ESCAPED, KEY[:12], KEY[-12:], quote(KEY, safe="")):
        assert part not in shown


async def test_a_key_is_only_in_its_header(loopback, make_client, trial):
    await make_client().complete(trial, loopback.provider)
    (request,) = loopback.requests
    assert KEY.encode() not in request.raw
    assert KEY not in request.path
    assert [name for name, value in request.headers.items() if KEY in value] == ["authorization"]


async def test_a_key_in_a_header_of_the_users_own_is_hidden_too(loopback, make_client, trial):
    provider = loopback.provider.model_copy(
        update={"headers": {"api-key": "azure-secret-1", "X-Title": "a title"}}
    )
    loopback.answers(error(403, "azure-secret-1 may not use a title"))
    failure = await make_client().complete(trial, provider)
    assert f"'{HIDDEN} may not use a title'" in failure.message


async def test_ordinary_words_are_not_taken_for_a_key(loopback, make_client, trial):
    loopback.answers(say(chat("none of this is a key")))
    completion = await make_client(environ={"LOOPBACK_KEY": "none"}).complete(trial, loopback.provider)
    assert completion.text == "none of this is a key"
