"""A contained process: what it prints, an eye on its memory, and the end of its whole tree."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping, Sequence

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox.base import MIB, Limits
from pytest_llmbench.sandbox.pipes import Child, Ear, start_child
from pytest_llmbench.sandbox.tree import descendants, kill_all, memory_above

_WATCH_S = 0.05
_MAX_PRINTED = 64 * MIB
_SIGNALLED = 128  # what bubblewrap adds to the number of the signal that ended the command


class ContainedProcess:
    """Implements `SandboxProcess` for a process whose descendants all end with it. Made by `contain`.

    Args:
        limits: What the tree may use.
        on_end: Called once, when nothing of the tree is left.
    """

    def __init__(self, limits: Limits, on_end: Callable[[], None]) -> None:
        self._limits = limits
        self._on_end = on_end
        self._fault: str | None = None
        self._ear = Ear(limits.output_bytes, _MAX_PRINTED, self._printed_too_much)
        self._child: Child | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def start(
        self, argv: Sequence[str], *, env: Mapping[str, str], pass_fds: Sequence[int], cwd: str | None
    ) -> None:
        """Start it; see `contain`."""
        try:
            self._child = await start_child(argv, self._ear, env=env, pass_fds=pass_fds, cwd=cwd)
        except BaseException:
            self._on_end()
            raise
        self._child.ended.add_done_callback(self._ended)
        self._watcher = asyncio.create_task(self._watch(self._child.pid))

    @property
    def _started(self) -> Child:
        if self._child is None:  # pragma: no cover - `contain` has started it
            raise SandboxError("the process has not been started")
        return self._child

    @property
    def stdin(self) -> StreamWriter:
        """Where to write to the process."""
        if self._started.stdin is None:  # pragma: no cover - `start_child` has connected it
            raise SandboxError("the process has no pipe to write to")
        return self._started.stdin

    @property
    def stdout(self) -> StreamReader:
        """Where to read what the process replies."""
        return self._started.stdout

    @property
    def pid(self) -> int:
        """The outermost process, as this side numbers it."""
        return self._started.pid

    async def kill(self) -> None:
        """End the whole tree and wait until nothing of it is left; harmless when it has ended."""
        ended = self._started.ended
        while not ended.done():
            # The inside first: the outermost process ends by itself when the last of them has.
            kill_all(descendants(self.pid) or [self.pid])
            await asyncio.wait((ended,), timeout=0.1)
        self._started.close()

    async def wait(self) -> int:
        """Wait for the end, and give the exit code (negative: the signal)."""
        code = await asyncio.shield(self._started.ended)
        return _SIGNALLED - code if code > _SIGNALLED else code

    def stderr_text(self) -> str:
        """What the process has printed so far, cut at `Limits.output_bytes`."""
        return self._ear.kept.decode("utf-8", "replace")

    def fault(self) -> str | None:
        """Why our side ended it, or None."""
        return self._fault

    async def _watch(self, pid: int) -> None:
        allowed = self._limits.memory_bytes
        while True:
            await asyncio.sleep(_WATCH_S)
            if (used := memory_above(pid, allowed)) is not None:
                self._stop(f"memory: {used // MIB} MiB used, {allowed // MIB} MiB allowed")

    def _printed_too_much(self) -> None:
        self._stop(f"output: more than {_MAX_PRINTED // MIB} MiB printed")

    def _stop(self, fault: str) -> None:
        self._fault = self._fault or fault
        kill_all(descendants(self.pid))

    def _ended(self, _ended: asyncio.Future[int]) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
        self._on_end()


async def contain(
    argv: Sequence[str],
    limits: Limits,
    *,
    env: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    cwd: str | None = None,
    on_end: Callable[[], None] = lambda: None,
) -> ContainedProcess:
    """Start a process and keep it within what its own limits cannot express.

    Raises:
        SandboxError: It could not be started.
    """
    process = ContainedProcess(limits, on_end)
    await process.start(argv, env=env, pass_fds=pass_fds, cwd=cwd)
    return process
