"""One attempt at a call: sends the request, reads the reply as it comes, and ends in bounded time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterable
from contextlib import aclosing
from http import HTTPStatus
from typing import NamedTuple

import httpx

from pytest_llmbench.completions.clock import Clock
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.memory import Memory, Place
from pytest_llmbench.completions.network import ERRORS, closed_unasked, trouble_from_network
from pytest_llmbench.completions.protocol import ChatProtocol, ReplyReader
from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.retry import retry_after_s
from pytest_llmbench.completions.reuse import WAY, Way
from pytest_llmbench.completions.said import said_by_body
from pytest_llmbench.completions.transport import HEADERS
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble, trouble_from_status
from pytest_llmbench.completions.wire import BadEncoding, BodyTooLarge, NotJson, Unpacker, parse_json
from pytest_llmbench.models.model import Provider
from pytest_llmbench.values import Value

_NO_SLOW_READ = 64 * 1024
"""Bytes of an error's body that are worth reading."""

_AFTER_ANSWER_S = 10.0
"""Seconds of silence after the end of an answer, before its token counts: they may never come."""

_AFTER_ALL_S = 0.5
"""Seconds that the end of a connection may take after the last word, to use it again."""


class Timeouts(Value):
    """Limits of one call, in seconds.

    `silence_s` is how long a connection may be without a byte, `attempt_s` how long a whole attempt
    may take, `connect_s` how long a server may take to accept a connection. `call_s` is how long
    all attempts may take together, with the waits between them; the first wait in line is not counted.
    """

    silence_s: float = 60.0
    attempt_s: float = 600.0
    call_s: float = 900.0
    connect_s: float = 10.0


class Call(NamedTuple):
    """What stays the same over all attempts at one trial.

    `protocol` is the API that the provider speaks. `left_out` are the parameters that the configuration
    leaves out, before any server refuses one.
    """

    trial: Trial
    provider: Provider
    protocol: ChatProtocol
    place: Place
    url: str
    headers: dict[str, str]
    secrets: Secrets
    left_out: frozenset[str]


class Attempts:
    """Makes attempts.

    Requests are handed to the transport itself: the layers of `httpx.AsyncClient` above it see to redirects,
    cookies and authentication, which there are none of, for a tenth of the work on the calls' thread.

    Args:
        transport: Sends requests.
        timeouts: Limits of one attempt.
        clock: Time.
        memory: What is known of servers; it learns which of them do not stream.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        timeouts: Timeouts,
        clock: Clock,
        memory: Memory,
    ) -> None:
        self._transport = transport
        self._timeouts = timeouts
        self._clock = clock
        self._memory = memory
        # Put together by httpx for each request, they took a fifth of the work on the calls' thread.
        self._urls: dict[str, httpx.URL] = {}
        self._headers: dict[tuple[tuple[str, str], ...], httpx.Headers] = {}

    async def make(self, call: Call, refused: frozenset[str], left_s: float) -> Completion | Trouble:
        """Ask once.

        Args:
            call: What to ask.
            refused: The parameters that the server does not take.
            left_s: Seconds that are left for the call.
        """
        silence_s = call.provider.timeout_s or self._timeouts.silence_s
        attempt_s = min(self._timeouts.attempt_s, left_s)
        way = Way()
        WAY.set(way)
        try:
            async with asyncio.timeout(attempt_s) as deadline:
                return await self._post(call, refused, silence_s)
        except BodyTooLarge as error:
            return Trouble(kind="protocol", text=f"sent {error}, which is no answer", fatal=True)
        except BadEncoding as error:
            return Trouble(kind="protocol", text=f"answered with {error}")
        except ERRORS as error:
            if deadline.expired():
                text = f"gave no whole answer within {attempt_s:g} s"
                return Trouble(kind="timeout", text=text, retry=True)
            trouble = trouble_from_network(error, silence_s, self._timeouts.connect_s)
            return trouble._replace(stale=way.reused and closed_unasked(error))

    async def _post(self, call: Call, refused: frozenset[str], silence_s: float) -> Completion | Trouble:
        left_out = call.left_out | refused
        body = call.protocol.body(call.trial, left_out)
        # Such an answer is silent until it is whole, so that its silence says nothing.
        in_one_piece = "stream" in left_out or self._memory.answers_in_one_piece(call.place)
        patient = in_one_piece and call.provider.timeout_s is None
        started = self._clock.monotonic()
        request = self._request(call, json.dumps(body).encode(), None if patient else silence_s)
        async with aclosing(await self._transport.handle_async_request(request)) as response:
            if not response.is_success:
                return await self._refusal(call, response)
            reader = call.protocol.reader(_header(response, b"content-type"), call.secrets)
            unpacker = Unpacker(_header(response, b"content-encoding"), reader.limit)
            reading = Reading(reader, unpacker, self._clock, silence_s if patient else None)
            assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - what such a transport gives
            await reading.read(response.stream)
        reply = reader.finish()
        if isinstance(reply, Trouble):
            return reply
        if not reader.answered:
            self._memory.learn_in_one_piece(call.place)
        first_s, last_s = reading.first_s, reading.last_s
        return reply.model_copy(
            update={
                "latency_s": (started if last_s is None else last_s) - started,
                "first_token_s": None if first_s is None else first_s - started,
                "adapted": call.protocol.adapted(call.trial, refused),
                "request": {key: value for key, value in body.items() if key != "messages"},
            }
        )

    def _request(self, call: Call, content: bytes, read_s: float | None) -> httpx.Request:
        url = self._urls.get(call.url) or self._urls.setdefault(call.url, httpx.URL(call.url))
        given = tuple(call.headers.items())
        headers = self._headers.get(given)
        if headers is None:
            headers = self._headers[given] = httpx.Headers({**HEADERS, **call.headers})
        timeout = {"connect": self._timeouts.connect_s, "read": read_s, "pool": None}
        # Given as a stream, a body gets no headers of httpx's own: aiohttp writes its length.
        request = httpx.Request(
            "POST", url, headers=headers, stream=httpx.ByteStream(content), extensions={"timeout": timeout}
        )
        request.read()
        return request

    async def _refusal(self, call: Call, response: httpx.Response) -> Trouble:
        """Read an answer whose status is not one of success."""
        try:
            phrase = HTTPStatus(response.status_code).phrase
        except ValueError:
            phrase = ""
        if response.is_redirect:
            target = quoted(call.secrets.hide(response.headers.get("location", "")))
            text = f"answered {response.status_code} {phrase}, a redirect to {target}, which is not followed"
            return Trouble(kind="protocol", text=text, status_code=response.status_code, fatal=True)
        body = await _beginning(response)
        try:
            document = call.secrets.hide_in(parse_json(body))
        except NotJson:
            document = None
        said = said_by_body(document, call.secrets.hide(body.decode(errors="replace")))
        wish = retry_after_s(response.headers, self._clock.now())
        return trouble_from_status(response.status_code, phrase, said, wish)


class Reading:
    """Reads one body, and keeps when the model's first text and the last byte that matters came.

    Args:
        reader: Gets the bytes.
        unpacker: Unpacks them.
        clock: Time.
        silence_s: Seconds without a byte, once there has been one, after which it is given up;
            None where the connection has that limit from its beginning.
    """

    def __init__(
        self, reader: ReplyReader, unpacker: Unpacker, clock: Clock, silence_s: float | None
    ) -> None:
        self.first_s: float | None = None
        self.last_s: float | None = None
        self._reader = reader
        self._unpacker = unpacker
        self._clock = clock
        self._silence_s = silence_s

    async def read(self, chunks: AsyncIterable[bytes]) -> None:
        """Read to the end, or as far as it matters.

        Once the answer is there, no silence and no broken connection takes it away.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as patience:
                async for chunk in chunks:
                    if self._reader.over:
                        continue
                    self._take(chunk)
                    rest_s = self._rest_s()
                    if rest_s is not None:
                        patience.reschedule(loop.time() + rest_s)
        except ERRORS:
            if not (self._reader.answered or self._reader.over):
                raise

    def _take(self, chunk: bytes) -> None:
        self._reader.feed(self._unpacker.unpack(chunk))
        self.last_s = self._clock.monotonic()
        if self.first_s is None and self._reader.begun:
            self.first_s = self.last_s

    def _rest_s(self) -> float | None:
        """Say how long the next bytes may take; None where that is the connection's business."""
        if self._reader.over:
            return _AFTER_ALL_S
        return _AFTER_ANSWER_S if self._reader.answered else self._silence_s


def _header(response: httpx.Response, name: bytes) -> str:
    """Give a header by its name in small letters; httpx's own lookup decodes all of them."""
    return next((value.decode("latin-1") for key, value in response.headers.raw if key.lower() == name), "")


async def _beginning(response: httpx.Response) -> bytes:
    """Read as much of an error's body as is worth reading; what cannot be read is left."""
    body = b""
    try:
        unpacker = Unpacker(response.headers.get("content-encoding", ""), _NO_SLOW_READ)
        async for chunk in response.aiter_raw():
            body += unpacker.unpack(chunk)
    except (BodyTooLarge, BadEncoding, httpx.HTTPError):
        pass
    return body
