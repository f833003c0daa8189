"""Makes the calls: one client per run asks any provider for any trial, and returns its failures as values."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import httpx

from pytest_llmbench.completions.attempt import Attempts, Call, Clock, Timeouts
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.limits import ConnectionLimits
from pytest_llmbench.completions.memory import Memory, Place
from pytest_llmbench.completions.openai_chat import OpenAIChat
from pytest_llmbench.completions.protocol import ChatProtocol
from pytest_llmbench.completions.redaction import Secrets, secret_headers
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.models.model import Provider

__all__ = ["ChatClient", "Clock", "Timeouts"]


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
        self._environ = environ
        self._limits = limits or ConnectionLimits()
        self._retry = retry or RetryPolicy()
        self._protocol = protocol or OpenAIChat()
        self._clock = clock or Clock()
        self._random = random or Random()  # noqa: S311 - jitter, not a secret
        self._memory = Memory()
        self._attempts = Attempts(http, self._protocol, timeouts or Timeouts(), self._clock, self._memory)

    async def complete(
        self, trial: Trial, provider: Provider, headers: Mapping[str, str] | None = None
    ) -> Completion | ApiFailure:
        """Ask for one trial, with retries where they can help.

        A failure that every further call would meet is met once: later calls, and those that wait
        in line, get the same one without being made (`attempts` 0).

        Args:
            trial: What to ask.
            provider: Whom; its base URL is the one that is called.
            headers: Headers of the model's own.
        """
        call = self._prepared(trial, provider, headers or {})
        if isinstance(call, ApiFailure):
            return call
        refused = self._memory.refused(call.place)
        attempts = retries = 0
        while True:
            async with self._limits.slot(provider):
                known = self._memory.failure(call.place)
                if known is not None:
                    return known.model_copy(update={"attempts": attempts})
                attempts += 1
                outcome = await self._attempts.make(call, refused)
            if isinstance(outcome, Completion):
                self._memory.learn_refused(call.place, refused)
                return outcome.model_copy(update={"attempts": attempts})
            if outcome.refused - refused:
                refused |= outcome.refused
                continue
            if not outcome.retry or retries >= self._retry.retries:
                failure = _failure(call, outcome, attempts)
                self._memory.learn_failure(call.place, failure)
                return failure
            wait_s = self._retry.delay_s(retries, outcome.retry_after_s, self._random)
            retries += 1
            await self._clock.sleep(wait_s)

    def _prepared(self, trial: Trial, provider: Provider, headers: Mapping[str, str]) -> Call | ApiFailure:
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
        secret = [key, *secret_headers(kept)]
        return Call(
            trial=trial,
            provider=provider,
            place=Place(provider.base_url, trial.api_name, tuple(secret)),
            url=provider.base_url.rstrip("/") + self._protocol.path,
            headers={**kept, **own},
            secrets=Secrets(secret),
            left_out=frozenset() if provider.stream else frozenset({"stream"}),
        )


def _failure(call: Call, trouble: Trouble, attempts: int) -> ApiFailure:
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
