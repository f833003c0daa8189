"""Hosts that are started before they are needed, while another answer is judged.

Each takes one answer and is gone with it. What is ready holds nothing of any answer, and so is the same
for all of one language and one set of limits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Protocol, TypeVar

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox.host import Host, Source

H_co = TypeVar("H_co", bound="LoadingHost", covariant=True)


class LoadingHost(Host, Protocol):
    """A host that is up, or coming up, and has no answer yet."""

    @property
    def alive(self) -> bool:
        """Whether its process has not ended yet."""
        ...

    async def load(self, source: Source, timeout_s: float) -> None:
        """Load an answer.

        Raises:
            CandidateError: It does not load.
            SandboxError: The process did not come up.
        """
        ...


class StartingLauncher(Protocol[H_co]):
    """A launcher whose hosts can be started without an answer."""

    @property
    def load_timeout_s(self) -> float:
        """How long an answer may take to load, in seconds."""
        ...

    async def start(self) -> H_co:
        """Start a host.

        Raises:
            SandboxError: The sandbox could not be started.
        """
        ...


class SpareLauncher:
    """Implements `HostLauncher` with spare hosts. Use it on one loop, and close it there.

    Args:
        launcher: Starts the hosts.
        most: How many are kept ready.
    """

    def __init__(self, launcher: StartingLauncher[LoadingHost], most: int) -> None:
        self._launcher = launcher
        self._most = most
        self._ready: deque[asyncio.Task[LoadingHost]] = deque()
        self._closed = False

    async def load(self, source: Source) -> LoadingHost:
        """Give an answer to a host that is ready, or to a new one.

        Raises:
            CandidateError: The answer does not load (or crashes, or takes too long).
            SandboxError: Our side failed.
        """
        host = await self._next()
        try:
            await host.load(source, self._launcher.load_timeout_s)
        except BaseException:
            await host.close()
            raise
        return host

    async def close(self) -> None:
        """End the hosts that nobody needed."""
        self._closed = True
        while self._ready:
            with suppress(SandboxError):
                await (await self._ready.popleft()).close()

    async def _next(self) -> LoadingHost:
        first = self._ready.popleft() if self._ready else None
        self._refill()
        # One that could not be started, or has died, is no answer's fault: it is started again.
        with suppress(SandboxError):
            if first is not None and (host := await first).alive:
                return host
        return await self._launcher.start()

    def _refill(self) -> None:
        while not self._closed and len(self._ready) < self._most:
            self._ready.append(asyncio.get_running_loop().create_task(self._launcher.start()))
