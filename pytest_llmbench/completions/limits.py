"""Lets requests to a provider go when it can take them: so many at once, so many a minute, in fair order.

How many go at once follows what the provider can take: all that the configuration allows at first,
half as many after a sign of too much (429, no answer in time), and more again with each answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

from pytest_llmbench.completions.clock import Clock
from pytest_llmbench.completions.line import Line, Waiting
from pytest_llmbench.completions.pace import Pace
from pytest_llmbench.completions.window import Window
from pytest_llmbench.models.model import Provider

DEFAULT_CONCURRENCY = 16

_AT_A_TIME = 32
"""Requests that are let go before the loop goes round: those are on their way while others get ready."""


class ConnectionLimits:
    """The limits of all providers; used on one event loop.

    Args:
        default: Requests in flight at most, for a provider that does not say otherwise.
        clock: Time.
    """

    def __init__(self, default: int = DEFAULT_CONCURRENCY, clock: Clock | None = None) -> None:
        self._default = default
        self._clock = clock or Clock()
        self._limits: dict[tuple[str, str], ProviderLimit] = {}

    def of(self, provider: Provider) -> ProviderLimit:
        """Give the limit of a provider."""
        key = (provider.id, provider.base_url)
        if key not in self._limits:
            self._limits[key] = ProviderLimit(provider, self._default, self._clock)
        return self._limits[key]

    def look_again(self) -> None:
        """Let go all calls in all lines that have become pointless."""
        for limit in self._limits.values():
            limit.look_again()


class ProviderLimit:
    """The limit of one provider.

    Args:
        provider: Whose limit it is.
        default: Requests in flight at most, where the provider does not say.
        clock: Time.
    """

    def __init__(self, provider: Provider, default: int, clock: Clock) -> None:
        self.window = Window(provider.concurrency or default)
        self._requests = Pace(provider.requests_per_minute) if provider.requests_per_minute else None
        self._tokens = Pace(provider.tokens_per_minute) if provider.tokens_per_minute else None
        self._clock = clock
        self._line = Line()
        self._in_flight = 0
        self._held_until = 0.0
        self._alarm: asyncio.Task[None] | None = None
        self._started = 0
        self._next: asyncio.Handle | None = None

    async def permit(
        self, model: str, tokens: int, pointless: Callable[[], bool], *, again: bool = False
    ) -> Permit | None:
        """Wait in line for a permit to send one request.

        Args:
            model: The model that is asked: models take turns.
            tokens: What the request may use up, at most.
            pointless: Whether the request need not be made any more; then it does not wait any longer.
            again: Whether the call has had a turn before, so that it comes first among its model's.

        Returns:
            The permit, to be entered; None where the request has become pointless.
        """
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._line.join(Waiting(model, tokens, pointless, turn), again=again)
        self._serve()
        try:
            granted = await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.result():
                self._leave()
            raise
        return Permit(self, self.window.send()) if granted else None

    def hold(self, seconds: float) -> None:
        """Send nothing for some time: the provider has asked for that."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    def look_again(self) -> None:
        """Let go the calls in line that have become pointless."""
        for waiting in self._line:
            if not waiting.turn.done() and waiting.pointless():
                waiting.turn.set_result(False)
        self._serve()

    def _leave(self) -> None:
        self._in_flight -= 1
        self._serve()

    def _serve(self) -> None:
        """Let go as many as may, some of them now, the others when the loop has gone round."""
        if self._next is not None:
            return
        while (waiting := self._line.peek()) is not None:
            if waiting.pointless():
                self._line.pop()
                waiting.turn.set_result(False)
                continue
            if self._in_flight >= self.window.size:
                return
            if self._started == _AT_A_TIME:
                self._next = asyncio.get_running_loop().call_soon(self._go_on)
                return
            wait_s = self._wait_s()
            if wait_s > 0:
                self._wake_in(wait_s)
                return
            self._line.pop()
            self._start(waiting)

    def _go_on(self) -> None:
        self._next, self._started = None, 0
        self._serve()

    def _start(self, waiting: Waiting) -> None:
        now = self._clock.monotonic()
        if self._requests is not None:
            self._requests.take(now, 1)
        if self._tokens is not None:
            self._tokens.take(now, waiting.tokens)
        self._in_flight += 1
        self._started += 1
        waiting.turn.set_result(True)

    def _wait_s(self) -> float:
        now = self._clock.monotonic()
        paces = [pace.wait_s(now) for pace in (self._requests, self._tokens) if pace is not None]
        return max([self._held_until - now, *paces])

    def _wake_in(self, seconds: float) -> None:
        if self._alarm is None:
            self._alarm = asyncio.ensure_future(self._ring(seconds))

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._alarm = None
        self._serve()


class Permit:
    """One request in flight; left when the request has ended, whichever way.

    Args:
        limit: The limit that it counts in.
        number: The request's.
    """

    def __init__(self, limit: ProviderLimit, number: int) -> None:
        self._limit = limit
        self._number = number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._limit._leave()  # noqa: SLF001 - a permit is a part of its limit

    def answered(self) -> None:
        """Tell that the provider could take the request."""
        self._limit.window.answered()

    def jammed(self, *, refused: bool) -> int:
        """Tell that it could not, for being asked too much; give how often that was so in a row.

        Args:
            refused: Whether the provider itself has said so.
        """
        self._limit.window.jammed(self._number, refused=refused)
        return self._limit.window.jams
