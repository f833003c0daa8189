"""The process that an answer lives in: started when it is needed, replaced when it dies, a few times."""

from __future__ import annotations

import asyncio

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateSlow, CandidateTimeout
from pytest_llmbench.sandbox.host import Host, HostLauncher, Source
from pytest_llmbench.scoring.fault import our_side
from pytest_llmbench.scoring.timing import Timing

MAX_DEATHS = 3
"""Processes that an answer may lose; after that its calls fail without a further try."""


class LivingAnswer:
    """One answer's process, one after the other.

    Args:
        launcher: Starts processes of the task's language.
        source: What is loaded.
        timing: Told of each new process.

    `timed_out` says whether one of them had to be ended for the time that it took.
    """

    def __init__(self, launcher: HostLauncher, source: Source, timing: Timing) -> None:
        self._launcher = launcher
        self._source = source
        self._timing = timing
        self._host: Host | None = None
        self._loading = asyncio.Lock()
        self._broken: CandidateError | None = None
        self._deaths = 0
        self._printed: list[str] = []
        self.timed_out = False

    async def host(self) -> Host:
        """Give the process that is alive; calls made at once share one.

        Raises:
            CandidateError: The answer does not load, or has lost too many processes.
            SandboxError: Our side failed.
        """
        async with self._loading:
            if self._broken is not None:
                raise self._broken
            if self._host is None:
                self._timing.new_process()
                try:
                    with our_side():
                        self._host = await self._launcher.load(self._source)
                except CandidateError as error:
                    # What does not load now does not load for the next check either.
                    self.timed_out |= isinstance(error, CandidateTimeout)
                    self._broken = error
                    raise
            return self._host

    async def bury(self, host: Host, error: CandidateError) -> None:
        """Take note that a process has died, and of what."""
        slow = isinstance(error, CandidateSlow)
        self.timed_out |= isinstance(error, CandidateTimeout) and not slow
        if self._host is not host:
            return  # another call that was under way has buried it
        self._deaths += not slow
        await self.end()
        if self._deaths >= MAX_DEATHS:
            self._broken = CandidateCrash(f"not tried: its process has ended {self._deaths} times ({error})")

    async def end(self) -> None:
        """End the process; harmless when there is none. The next call gets a new one."""
        host, self._host = self._host, None
        if host is not None:
            self._printed.append(host.output())
            await host.close()

    def output(self) -> str:
        """What the answer's code has printed so far, bounded."""
        current = [] if self._host is None else [self._host.output()]
        return "".join([*self._printed, *current])
