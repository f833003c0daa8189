"""For each way in which a call can fail: what it is called, how many requests are sent, what is booked."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from uuid import uuid4

import pytest
from certificates import self_signed
from kept import MODEL, TASK, info, trial
from loopback import KEY, chat, error, say, serving
from misbehaving import (
    BODY,
    ENDS,
    HEAD,
    LAST_STAGES,
    STAGES,
    STREAM_STAGES,
    broken,
    drip,
    endless,
)
from streams import event, piece, say_stream

from pytest_llmbench.completions.budget import worst_nano
from pytest_llmbench.completions.client import ChatClient, Clock, Timeouts
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.transport import make_transport
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.wire import MAX_BODY
from pytest_llmbench.storage.booking import Books
from pytest_llmbench.storage.stored import Storage

pytestmark = pytest.mark.asyncio

# What each attempt is booked at: nothing, all that was reserved for it, or what the answer's tokens cost.
NOTHING, ALL, COUNTED = "nothing", "all", "counted"
COUNTED_NANO = (7 + 5) * 1500

REFUSED = {
    "key refused": (error(401), "authentication", 1),
    "account empty": (error(402), "quota", 1),
    "forbidden": (error(403), "authentication", 1),
    "no such model": (error(404), "not_found", 1),
    "no such method": (error(405), "protocol", 1),
    "model gone": (error(410), "not_found", 1),
    "too long": (error(400, "context"), "request", 1),
    "too large": (error(413), "request", 1),
    "not understood": (error(422), "request", 1),
    "quota used up": (error(429, code="insufficient_quota"), "quota", 1),
    "too late": (error(408), "timeout", 2),
    "in conflict": (error(409), "server", 2),
    "too early": (error(425), "server", 2),
    "too many": (error(429), "rate_limit", 2),
    "broken": (error(500), "server", 2),
    "bad gateway": (say(b"<html>502</html>", 502, content_type="text/html"), "server", 2),
    "overloaded": (error(503), "server", 2),
    "slow behind a gateway": (error(504), "server", 2),
    "overloaded, as Anthropic has it": (error(529), "server", 2),
    "refused inside a success": (say({"error": {"message": "no", "code": 429}}), "rate_limit", 2),
    "refused in a stream": (say_stream(event({"error": {"message": "no", "code": 429}})), "rate_limit", 2),
    "an endless error": (endless(b"HTTP/1.1 500 X\r\n\r\n", b"x" * 100_000), "server", 2),
    "a bomb as an error": (
        say(gzip.compress(b"x" * MAX_BODY), 500, content_encoding="gzip"), "server", 2,
    ),
    "sent elsewhere": (say(b"", 307, location="http://localhost:1/"), "protocol", 1),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_an_error_costs_nothing(booked, case):
    behave, kind, calls = REFUSED[case]
    assert await booked(behave) == (kind, calls, NOTHING)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("stage", [*STAGES, *STREAM_STAGES])
async def test_what_breaks_off_may_have_been_billed(booked, stage, end):
    kind = "timeout" if end == "silent" else "connection"
    assert await booked(broken(stage, end), silence_s=0.1) == (kind, 2, ALL)


@pytest.mark.parametrize("stage", STAGES)
async def test_garbage_may_have_been_billed(booked, stage):
    """Where HTTP is over, another attempt can help; a server that speaks none is asked once."""
    speaks = stage in ("after the headers", "in the body")
    kind, calls = ("connection", 2) if speaks else ("protocol", 1)
    assert await booked(broken(stage, "garbage")) == (kind, calls, ALL)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("stage", LAST_STAGES)
async def test_what_is_whole_is_paid_once(booked, stage, end):
    """Tokens that were never counted are booked at their limit."""
    kept = ALL if stage == "after the last token" else COUNTED
    assert await booked(broken(stage, end), silence_s=0.1) == (None, 1, kept)


GIGABYTE = HEAD + b"content-length: 1073741824\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
OPEN = CHUNKED + b"6\r\ndata: \r\n"
HALF = event(piece("half"))


def tokens(said):
    return say(BODY.replace(b'"completion_tokens": 5', b'"completion_tokens": ' + said))


ODD = {
    "a gigabyte": (endless(GIGABYTE, b" " * 100_000), "protocol", 1, ALL),
    "a gigabyte in an event": (endless(OPEN, b"80000\r\n" + b"x" * 0x80000 + b"\r\n"), "protocol", 1, ALL),
    "a bomb": (say(gzip.compress(b" " * 40_000_000), content_encoding="gzip"), "protocol", 1, ALL),
    "a bomb in a stream": (
        say(gzip.compress(HALF + b"data: " + bytes(2**25)), content_type="text/event-stream",
            content_encoding="gzip"), "protocol", 1, ALL,
    ),
    "damaged packing": (say(b"no gzip", content_encoding="gzip"), "protocol", 1, ALL),
    "nothing": (say(b""), "protocol", 1, ALL),
    "no JSON": (say(b'{"choices": ['), "protocol", 1, ALL),
    "a page": (say(b"<html>Sign in</html>", content_type="text/html"), "protocol", 1, ALL),
    "another API": (say({"version": 3}), "protocol", 1, ALL),
    "not UTF-8": (say(b'{"choices": "\xff"}'), "protocol", 1, ALL),
    "a stream that is not UTF-8": (say_stream(HALF + b'data: {"choices": "\xff"}\n\n'), "protocol", 2, ALL),
    "a key twice": (
        say(BODY.replace(b'"content": "hello"', b'"content": "first", "content": "hello"')), None, 1, COUNTED,
    ),
    "a count twice": (tokens(b'9, "completion_tokens": 5'), None, 1, COUNTED),
    "NaN beside it": (say(BODY.replace(b'"index": 0', b'"index": 0, "score": NaN')), None, 1, COUNTED),
    "NaN as a count": (tokens(b"NaN"), None, 1, ALL),
    "infinity as a count": (tokens(b"Infinity"), None, 1, ALL),
    "a count below nothing": (tokens(b"-5"), None, 1, ALL),
    "no counts": (say({**chat(), "usage": None}), None, 1, ALL),
    "an error without a status": (say({"error": {"message": "oh"}}), "server", 2, ALL),
    "an error after half of an answer": (
        say_stream(HALF, event({"error": {"message": "oh", "code": 429}})), "rate_limit", 2, ALL,
    ),
    "an error beside half of an answer": (
        say({"choices": [{"message": {"content": "half"}, "error": {"message": "oh", "code": 502}}]}),
        "server", 2, ALL,
    ),
    "an end of which nobody has heard": (say(chat(finish_reason="sensitive")), "server", 1, ALL),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
async def test_an_odd_answer(booked, case):
    behave, kind, calls, kept = ODD[case]
    assert await booked(behave) == (kind, calls, kept)


DRIPS = {
    "a drip": drip(HEAD + b"content-length: 100000\r\n\r\n", b" "),
    "a drip in the headers": drip(HEAD, b"x: y\r\n"),
    "a drip in a stream": drip(CHUNKED, b"e\r\n: keep-alive\n\n\r\n"),
}


@pytest.mark.parametrize("case", DRIPS)
async def test_what_is_never_silent_goes_on_until_the_attempt_ends(booked, case):
    began = asyncio.get_running_loop().time()
    assert await booked(DRIPS[case], silence_s=0.15, attempt_s=0.5) == ("timeout", 2, ALL)
    assert asyncio.get_running_loop().time() - began >= 2 * 0.5


async def test_a_whole_answer_may_come_drop_by_drop(booked):
    async def slowly(writer):
        raw = HEAD + f"content-length: {len(BODY)}\r\n\r\n".encode() + BODY
        for at in range(0, len(raw), 20):
            writer.write(raw[at : at + 20])
            await writer.drain()
            await asyncio.sleep(0.02)

    assert await booked(slowly, silence_s=0.15) == (None, 1, COUNTED)


async def test_the_key_does_not_go_to_the_host_of_a_redirect(booked):
    async with serving() as other:
        away = other.url.replace("127.0.0.1", "localhost") + "/chat/completions"
        for status in (301, 302, 303, 307, 308):
            assert await booked(say(b"", status, location=away)) == ("protocol", 1, NOTHING)
        assert other.requests == []


@asynccontextmanager
async def nobody(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    yield f"http://127.0.0.1:{port}/v1"


@asynccontextmanager
async def a_full_queue(folder):
    """What a dead host or a firewall looks like."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        for filler in fillers:
            filler.close()


@asynccontextmanager
async def no_name(folder):
    yield "http://nowhere.invalid/v1"


@asynccontextmanager
async def no_address(folder):
    yield "http://127.0.0.1:99999/v1"


@asynccontextmanager
async def not_trusted(folder):
    async def nothing(reader, writer):
        writer.close()

    async with await asyncio.start_server(nothing, "127.0.0.1", 0, ssl=self_signed(folder)) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@asynccontextmanager
async def no_tls(folder):
    async def plain(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 this is not https\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@pytest.mark.parametrize(
    ("place", "kind", "attempts", "words"),
    [
        (nobody, "connection", 2, "refused the connection; is it running?"),
        (a_full_queue, "timeout", 2, "did not accept a connection within 0.2 s"),
        (no_name, "connection", 2, "its name does not resolve"),
        (no_address, "connection", 1, "cannot be reached: "),
        (not_trusted, "connection", 1, "TLS failed: 'self-signed certificate'"),
        (no_tls, "connection", 1, "TLS failed: "),
    ],
)
async def test_without_a_connection_nothing_is_booked(storage, tmp_path, place, kind, attempts, words):
    async with serving() as server, place(tmp_path) as url:
        provider = server.provider.model_copy(update={"base_url": url})
        async with asking(storage, connect_s=0.2) as here:
            reply = await here.client.complete(here.trials[0], provider)
        assert server.requests == []
    assert (reply.kind, reply.attempts, here.books().booked) == (kind, attempts, 0)
    assert words in reply.message


async def test_a_storm_of_429_costs_what_was_answered(storage):
    """A server that takes 5 calls at once: all of 40 get through, and only those are paid for."""
    open_now = refused = 0

    async def limited(writer):
        nonlocal open_now, refused
        open_now += 1
        fits = open_now <= 5
        refused += not fits
        if fits:
            await asyncio.sleep(0.01)
        open_now -= 1
        await (say(chat()) if fits else error(429, "slow down"))(writer)

    async with serving() as server, asking(storage, samples=40, retries=4) as here:
        server.answers(limited)
        replies = await asyncio.gather(*(here.client.complete(one, server.provider) for one in here.trials))
        sent = len(server.requests)
    assert {type(reply) for reply in replies} == {Completion}
    assert sent == 40 + refused
    assert refused <= 40
    assert here.books().booked == 40 * COUNTED_NANO


async def test_a_storm_of_429_that_does_not_end_costs_nothing(storage):
    async with serving() as server, asking(storage, samples=20, retries=2) as here:
        server.answers(say({}, 429, retry_after="30"))
        replies = await asyncio.gather(*(here.client.complete(one, server.provider) for one in here.trials))
        sent = len(server.requests)
    assert {reply.kind for reply in replies} == {"rate_limit"}
    assert sent == sum(reply.attempts for reply in replies) <= 20 * 3
    assert here.books().booked == 0


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    """One for all: each test has runs of its own."""
    return Storage.open("sqlite:///runs.db", tmp_path_factory.mktemp("kept"))


@dataclass
class Asking:
    """A client that books what it asks, trials for it, and what is booked once it has been left."""

    client: ChatClient
    trials: list[Trial]
    books: Callable[[], Books]


@asynccontextmanager
async def asking(storage, *, samples=1, retries=1, **timeouts):
    """Make a client that books with a journal, and whose waits take no time."""
    run = uuid4().hex
    journal = storage.begin(info(run))
    journal.models([MODEL])
    trials = [trial(index) for index in range(samples)]
    journal.expect(TASK, 0, trials)
    now = 0.0

    async def sleep(seconds):
        nonlocal now
        now += seconds
        await asyncio.sleep(0)

    async with make_transport({}) as http:
        client = ChatClient(
            http,
            {"LOOPBACK_KEY": KEY},
            retry=RetryPolicy(retries=retries),
            timeouts=Timeouts(**timeouts),
            clock=Clock(monotonic=lambda: now, sleep=sleep),
            random=Random(1),
            ledger=journal,
        )
        yield Asking(client, trials, lambda: storage.books(run))
    journal.close()


@pytest.fixture
def booked(storage):
    """Ask a server once: what its answer is called, how many requests it got, what is booked for each."""

    async def call(behave, **timeouts):
        async with serving() as server, asking(storage, **timeouts) as here:
            server.answers(behave)
            reply = await here.client.complete(here.trials[0], server.provider)
            sent = len(server.requests)
        whole = here.books().booked
        names = {worst_nano(here.trials[0], MODEL) * sent: ALL, COUNTED_NANO: COUNTED, 0: NOTHING}
        return getattr(reply, "kind", None), sent, names.get(whole, whole)

    return call
