"""For each way in which a call can fail: what it is called, how many requests are sent, what is booked."""

from __future__ import annotations

import asyncio
import gzip
from random import Random

import pytest
from kept import MODEL, TASK, info, trial
from loopback import KEY, chat, error, say, serving
from streams import WHOLE, event, hang_up, piece, say_stream, stream

from pytest_llmbench.completions.budget import worst_nano
from pytest_llmbench.completions.client import ChatClient, Clock
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.transport import make_http

pytestmark = pytest.mark.asyncio


def cut(sent):
    async def behave(writer):
        writer.write(sent)
        await writer.drain()
        await hang_up(writer)

    return behave


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n"
BOMB = gzip.compress(b" " * 40_000_000)

# What each attempt is booked at: nothing, all that was reserved for it, or what the answer's tokens cost.
NOTHING, ALL, COUNTED = "nothing", "all", "counted"

CASES = {
    "key refused": (error(401), "authentication", 1, NOTHING),
    "account empty": (error(402), "quota", 1, NOTHING),
    "forbidden": (error(403), "authentication", 1, NOTHING),
    "no such model": (error(404), "not_found", 1, NOTHING),
    "too long": (error(400, "context"), "request", 1, NOTHING),
    "too many": (error(429), "rate_limit", 2, NOTHING),
    "quota used up": (error(429, code="insufficient_quota"), "quota", 1, NOTHING),
    "overloaded": (error(503), "server", 2, NOTHING),
    "sent elsewhere": (say(b"", 307, location="http://localhost:1/"), "protocol", 1, NOTHING),
    "closed before the answer": (hang_up, "connection", 2, ALL),
    "closed in the body": (cut(HEAD + b'{"choices"'), "connection", 2, ALL),
    "closed in a stream": (say_stream(event(piece("half")), whole=False, then=hang_up), "connection", 2, ALL),
    "closed after the last token": (say_stream(stream(WHOLE), whole=False, then=hang_up), None, 1, COUNTED),
    "a bomb": (say(BOMB, content_encoding="gzip"), "protocol", 1, ALL),
    "not UTF-8": (say(b'{"choices": "\xff"}'), "protocol", 1, ALL),
    "no counts": (say({**chat(), "usage": None}), None, 1, ALL),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_a_fault_is_booked_at(storage, case):
    behave, kind, calls, booked = CASES[case]
    journal = storage.begin(info())
    journal.models([MODEL])
    asked = trial()
    journal.expect(TASK, 0, [asked])
    clock = Clock(sleep=lambda _: asyncio.sleep(0))
    async with serving() as server, make_http({}) as http:
        server.answers(behave)
        client = ChatClient(
            http,
            {"LOOPBACK_KEY": KEY},
            retry=RetryPolicy(retries=1),
            clock=clock,
            random=Random(1),
            ledger=journal,
        )
        reply = await client.complete(asked, server.provider)
        sent = len(server.requests)
    journal.close()
    worst = worst_nano(asked, MODEL)
    counted = 0 if kind is not None else (7 + 5) * 1500
    expected = {NOTHING: 0, ALL: worst * calls, COUNTED: counted}[booked]
    found = (getattr(reply, "kind", None), sent, storage.books(info().id).booked)
    assert found == (kind, calls, expected)
