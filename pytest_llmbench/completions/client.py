"""Makes the calls: one client per run asks any provider for any trial, and returns its failures as values."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from random import Random

import httpx

from pytest_llmbench.completions.attempt import Attempts, Call, Timeouts
from pytest_llmbench.completions.clock import Clock
from pytest_llmbench.completions.completion import ApiFailure, Completion, after_attempts
from pytest_llmbench.completions.course import BROKEN_OFF, WAITED, Course, most_tokens
from pytest_llmbench.completions.ledger import Ledger
from pytest_llmbench.completions.limits import ConnectionLimits, Permit
from pytest_llmbench.completions.memory import Memory, Place
from pytest_llmbench.completions.outage import Outages
from pytest_llmbench.completions.protocol import ChatProtocol
from pytest_llmbench.completions.protocols import PROTOCOLS
from pytest_llmbench.completions.redaction import Secrets, secret_headers
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.models.model import Provider

__all__ = ["ChatClient", "Clock", "Timeouts"]


class ChatClient:
    """Asks chat models; used on one event loop.

    Args:
        transport: Sends requests, from `make_transport`; whoever made it closes it.
        environ: Where keys are looked up.
        limits: What each provider may be asked at once.
        retry: When to try again.
        timeouts: Limits of one call.
        protocols: The APIs that providers speak, by name.
        clock: Time.
        random: Draws the jitter of waits.
        ledger: Told of each attempt before it is made; it may refuse one.
    """

    def __init__(  # noqa: PLR0913 - collaborators, each handed in by its name
        self,
        transport: httpx.AsyncBaseTransport,
        environ: Mapping[str, str],
        *,
        limits: ConnectionLimits | None = None,
        retry: RetryPolicy | None = None,
        timeouts: Timeouts | None = None,
        protocols: Mapping[str, ChatProtocol] | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self._environ = environ
        self._clock = clock or Clock()
        self._limits = limits or ConnectionLimits(clock=self._clock)
        self._retry = retry or RetryPolicy()
        self._timeouts = timeouts or Timeouts()
        self._protocols = protocols or PROTOCOLS
        self._random = random or Random()  # noqa: S311 - jitter, not a secret
        self._ledger = ledger
        self._memory = Memory()
        self._outages = Outages()
        self._attempts = Attempts(transport, self._timeouts, self._clock, self._memory)
        self._stopped = False
        self._naps: set[asyncio.Future[object]] = set()

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
        course = Course(call, self._memory.refused(call.place))
        while True:
            outcome = await self._ask_once(course)
            if isinstance(outcome, Completion):
                self._memory.learn_refused(call.place, course.refused)
                return after_attempts(outcome, course.attempts)
            if isinstance(outcome, ApiFailure):
                return outcome
            if outcome.stale or outcome.refused - course.refused:
                course.refused |= outcome.refused
                continue
            failure = await self._retried(course, outcome)
            if failure is not None:
                return failure

    def stop(self) -> None:
        """Send no further request; requests in flight finish, and calls that wait end as cancelled."""
        self._stopped = True
        self._limits.look_again()
        for nap in self._naps:
            nap.cancel()

    async def _ask_once(self, course: Course) -> Completion | Trouble | ApiFailure:
        """Make one attempt, when it is this call's turn; an `ApiFailure` where it is not made."""
        call = course.call
        try:
            permit = await self._permit(course)
        except TimeoutError:
            return _failure(call, course.last or WAITED, course.attempts)
        if permit is None:
            ending = self._ending(call)
            assert ending is not None, "it was not pointless"  # noqa: S101 - a bug, not a condition
            return ending.model_copy(update={"attempts": course.attempts})
        with permit:
            started = self._clock.monotonic()
            course.begin(started, self._timeouts.call_s)
            outcome = await self._attempt(course)
            if isinstance(outcome, ApiFailure):
                return outcome
            if isinstance(outcome, Trouble) and outcome.stale:
                if course.met_nobody():
                    return outcome
                outcome = outcome._replace(stale=False)
            self._learn(course, outcome, permit, started)
        return outcome

    async def _permit(self, course: Course) -> Permit | None:
        """Wait for this call's turn; the first wait takes as long as it takes."""
        call = course.call
        permit = self._limits.of(call.provider).permit(
            call.trial.api_name,
            most_tokens(call.trial),
            lambda: self._ending(call) is not None,
            again=course.attempts > 0,
        )
        left_s = course.left_s(self._clock)
        if left_s is None:
            return await permit
        async with asyncio.timeout(left_s):
            return await permit

    def _ending(self, call: Call) -> ApiFailure | None:
        """Give the failure of a call that need not be made any more."""
        if self._stopped:
            text = "the run was stopped before this call was made"
            return ApiFailure(kind="cancelled", message=text, attempts=0)
        return self._memory.failure(call.place) or self._outages.failure(call.place)

    def _learn(self, course: Course, outcome: Completion | Trouble, permit: Permit, started: float) -> None:
        """Take note of what an attempt says of its provider, while it still counts as in flight."""
        call = course.call
        if isinstance(outcome, Completion):
            permit.answered()
            self._outages.answered(call.place)
            return
        course.last = outcome
        limited = outcome.kind == "rate_limit"
        jams = permit.jammed(refused=limited) if outcome.jam else 0
        row = max(course.retries, jams - 1 if limited else 0)
        course.wait_s = self._retry.delay_s(row, outcome.retry_after_s, self._random)
        if limited or outcome.retry_after_s is not None:
            self._limits.of(call.provider).hold(course.wait_s)
        failure = _failure(call, outcome, course.attempts)
        self._memory.learn_failure(call.place, failure)
        self._outages.failed(call.place, call.trial, failure, started, self._clock.monotonic())
        if self._ending(call) is not None:
            self._limits.look_again()

    async def _retried(self, course: Course, trouble: Trouble) -> ApiFailure | None:
        """Wait for another attempt; give the failure where there is to be none."""
        if not trouble.retry or course.retries >= self._retry.retries:
            return _failure(course.call, trouble, course.attempts)
        if course.wait_s >= (course.left_s(self._clock) or 0.0):
            text = f"{trouble.text}; there is no time for another attempt"
            return _failure(course.call, trouble._replace(text=text), course.attempts)
        course.retries += 1
        nap = asyncio.ensure_future(self._clock.sleep(course.wait_s))
        self._naps.add(nap)
        try:
            await asyncio.wait([nap])
        finally:
            nap.cancel()
            self._naps.discard(nap)
        return None

    async def _attempt(self, course: Course) -> Completion | Trouble | ApiFailure:
        """Make an attempt, unless the ledger does not let it be made."""
        if self._ledger is None:
            return await self._attempts.make(course.call, course.refused, course.left_s(self._clock) or 0.0)
        ticket = await self._ledger.open(course.call.trial, course.attempts)
        if isinstance(ticket, ApiFailure):
            return ticket
        outcome: Completion | Trouble = BROKEN_OFF
        try:
            outcome = await self._attempts.make(
                course.call, course.refused, course.left_s(self._clock) or 0.0
            )
        finally:
            # Whatever happens: calls that wait for room in a budget wait for this one.
            await ticket.settle(outcome)
        return outcome

    def _prepared(self, trial: Trial, provider: Provider, headers: Mapping[str, str]) -> Call | ApiFailure:
        protocol = self._protocols[provider.protocol]
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
        own = {"content-type": "application/json", **protocol.headers(key)}
        kept = {name: value for name, value in given.items() if name.lower() not in own}
        secret = [key, *secret_headers(kept)]
        return Call(
            trial=trial,
            provider=provider,
            protocol=protocol,
            place=Place(provider.base_url, trial.api_name, tuple(secret)),
            url=provider.base_url.rstrip("/") + protocol.path,
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
