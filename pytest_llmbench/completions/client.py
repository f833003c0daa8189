"""Makes the calls: one client per run asks any provider for any trial, and returns its failures as values."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from random import Random

import httpx

from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.limits import ConnectionLimits
from pytest_llmbench.completions.network import ERRORS, trouble_from_network
from pytest_llmbench.completions.openai_chat import OpenAIChat
from pytest_llmbench.completions.protocol import ChatProtocol
from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.completions.redaction import Secrets, secret_headers
from pytest_llmbench.completions.retry import RetryPolicy, retry_after_s
from pytest_llmbench.completions.said import said_by_body
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble, trouble_from_status
from pytest_llmbench.completions.wire import (
    MAX_BODY,
    BadEncoding,
    BodyTooLarge,
    NotJson,
    Unpacker,
    parse_json,
)
from pytest_llmbench.models.model import Provider
from pytest_llmbench.values import Value

_NO_SLOW_READ = 64 * 1024
"""Bytes of an error's body that are worth reading."""


class Timeouts(Value):
    """Limits of one attempt, in seconds.

    `silence_s` is how long a connection may be without a byte, `attempt_s` how long the whole
    attempt may take, `connect_s` how long a server may take to accept a connection.
    """

    silence_s: float = 60.0
    attempt_s: float = 600.0
    connect_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Time: seconds that only go forward, seconds since the epoch, and waiting."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class _Call:
    """What stays the same over all attempts at one trial."""

    trial: Trial
    provider: Provider
    url: str
    headers: dict[str, str]
    secrets: Secrets
    timeouts: Timeouts


class ChatClient:
    """Asks chat models; used on one event loop.

    Args:
        http: The HTTP client, from `make_http`; whoever made it closes it.
        environ: Where keys are looked up.
        limits: Requests in flight per provider.
        retry: When to try again.
        timeouts: Limits of one attempt.
        protocol: The API that is spoken.
        clock: Time.
        random: Draws the jitter of waits.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        environ: Mapping[str, str],
        *,
        limits: ConnectionLimits | None = None,
        retry: RetryPolicy | None = None,
        timeouts: Timeouts | None = None,
        protocol: ChatProtocol | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        self._http = http
        self._environ = environ
        self._limits = limits or ConnectionLimits()
        self._retry = retry or RetryPolicy()
        self._timeouts = timeouts or Timeouts()
        self._protocol = protocol or OpenAIChat()
        self._clock = clock or Clock()
        self._random = random or Random()  # noqa: S311 - jitter, not a secret
        self._refused: dict[tuple[str, str], frozenset[str]] = {}

    async def complete(
        self, trial: Trial, provider: Provider, headers: Mapping[str, str] | None = None
    ) -> Completion | ApiFailure:
        """Ask for one trial, with retries where they can help.

        Args:
            trial: What to ask.
            provider: Whom; its base URL is the one that is called.
            headers: Headers of the model's own.
        """
        call = self._prepared(trial, provider, headers or {})
        if isinstance(call, ApiFailure):
            return call
        place = (provider.base_url, trial.api_name)
        refused = self._refused.get(place, frozenset())
        attempts = retries = 0
        while True:
            attempts += 1
            async with self._limits.slot(provider):
                outcome = await self._attempt(call, refused)
            if isinstance(outcome, Completion):
                self._refused[place] = self._refused.get(place, frozenset()) | refused
                return outcome.model_copy(update={"attempts": attempts})
            if outcome.refused - refused:
                refused |= outcome.refused
                continue
            if not outcome.retry or retries >= self._retry.retries:
                return _failure(call, outcome, attempts)
            wait_s = self._retry.delay_s(retries, outcome.retry_after_s, self._random)
            retries += 1
            await self._clock.sleep(wait_s)

    def _prepared(self, trial: Trial, provider: Provider, headers: Mapping[str, str]) -> _Call | ApiFailure:
        key: str | None = None
        if provider.api_key_env:
            key = self._environ.get(provider.api_key_env, "").strip()
            if not key or not (key.isascii() and key.isprintable()):
                problem = "holds characters that no key has" if key else "is not set"
                text = (
                    f"{provider.display}: no key: the environment variable {provider.api_key_env} {problem}"
                )
                return ApiFailure(kind="authentication", message=text, attempts=0, fatal=True)
        given = {**provider.headers, **headers}
        own = {"content-type": "application/json", **self._protocol.headers(key)}
        kept = {name: value for name, value in given.items() if name.lower() not in own}
        silence_s = provider.timeout_s or self._timeouts.silence_s
        return _Call(
            trial=trial,
            provider=provider,
            url=provider.base_url.rstrip("/") + self._protocol.path,
            headers={**kept, **own},
            secrets=Secrets([key, *secret_headers(kept)]),
            timeouts=self._timeouts.model_copy(update={"silence_s": silence_s}),
        )

    async def _attempt(self, call: _Call, refused: frozenset[str]) -> Completion | Trouble:
        limits = call.timeouts
        try:
            async with asyncio.timeout(limits.attempt_s) as deadline:
                return await self._post(call, refused)
        except BodyTooLarge:
            text = f"sent more than {MAX_BODY // 2**20} MiB, which is no answer"
            return Trouble(kind="protocol", text=text, fatal=True)
        except BadEncoding as error:
            return Trouble(kind="protocol", text=f"answered with {error}")
        except ERRORS as error:
            if deadline.expired():
                text = f"gave no whole answer within {limits.attempt_s:g} s"
                return Trouble(kind="timeout", text=text, retry=True)
            return trouble_from_network(error, limits.silence_s, limits.connect_s)

    async def _post(self, call: _Call, refused: frozenset[str]) -> Completion | Trouble:
        body = self._protocol.body(call.trial, refused)
        limits = call.timeouts
        timeout = httpx.Timeout(limits.silence_s, connect=limits.connect_s, pool=None)
        started = self._clock.monotonic()
        async with self._http.stream(
            "POST", call.url, headers=call.headers, content=json.dumps(body).encode(), timeout=timeout
        ) as response:
            if not response.is_success:
                return await self._refusal(call, response)
            reader = self._protocol.reader(response.headers.get("content-type", ""), call.secrets)
            unpacker = Unpacker(response.headers.get("content-encoding", ""))
            async for chunk in response.aiter_raw():
                reader.feed(unpacker.unpack(chunk))
        reply = reader.finish()
        if isinstance(reply, Trouble):
            return reply
        sent = {key: value for key, value in body.items() if key != "messages"}
        latency_s = self._clock.monotonic() - started
        adapted = self._protocol.adapted(refused)
        return reply.model_copy(update={"latency_s": latency_s, "adapted": adapted, "request": sent})

    async def _refusal(self, call: _Call, response: httpx.Response) -> Trouble:
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


def _failure(call: _Call, trouble: Trouble, attempts: int) -> ApiFailure:
    """Say it to people: who, what, and what can be done."""
    text = f"{call.provider.display} {trouble.text}"
    if trouble.kind == "authentication" and call.provider.api_key_env:
        text += f"; the key comes from {call.provider.api_key_env}"
    elif trouble.kind == "authentication":
        text += "; no key was sent"
    elif trouble.kind == "not_found":
        text += f"; asked for model {call.trial.api_name!r} at {call.url}"
    if attempts > 1:
        text += f" ({attempts} attempts)"
    return ApiFailure(
        kind=trouble.kind,
        message=call.secrets.hide(text),
        status_code=trouble.status_code,
        attempts=attempts,
        fatal=trouble.fatal,
    )
