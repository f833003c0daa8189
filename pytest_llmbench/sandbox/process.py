"""A contained process: what it prints, an eye on its memory, and the end of its whole tree."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping, Sequence

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox.base import MIB, Limits
from pytest_llmbench.sandbox.pipes import Child, Ear, start_child
from pytest_llmbench.sandbox.tree import cpu_seconds
from pytest_llmbench.sandbox.watch import MemoryWatch

_MAX_PRINTED = 64 * MIB
_SIGNALLED = 128  # what bubblewrap adds to the number of the signal that ended the command
_AGAIN_S = 0.1


class ContainedProcess:
    """Implements `SandboxProcess` for a process whose descendants all end with it.

    Args:
        limits: What the tree may use.
        watch: The eye on its memory.
        kill_tree: Kills all that is below (and at) a process.
        on_end: Called once, when nothing of the tree is left; gives why the kernel ended it, if it knows.
    """

    def __init__(
        self,
        limits: Limits,
        watch: MemoryWatch,
        kill_tree: Callable[[int], None],
        on_end: Callable[[], str | None],
    ) -> None:
        self._limits = limits
        self._watch = watch
        self._kill_tree = kill_tree
        self._on_end = on_end
        self._fault: str | None = None
        self._ear = Ear(limits.output_bytes, _MAX_PRINTED, self._printed_too_much)
        self._child: Child | None = None

    async def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        pass_fds: Sequence[int] = (),
        cwd: str | None = None,
    ) -> None:
        """Start it, from the thread that calls.

        Raises:
            SandboxError: It could not be started.
        """
        try:
            child = self._child = start_child(argv, self._ended, env=env, pass_fds=pass_fds, cwd=cwd)
        except BaseException:
            self._on_end()
            raise
        self._watch.add(child.pid, self._limits.memory_bytes, self._used_too_much)
        try:
            await child.connect(self._ear)
        except BaseException:
            await self.kill()
            raise

    @property
    def _started(self) -> Child:
        if self._child is None:  # pragma: no cover - a level gives started ones only
            raise SandboxError("the process has not been started")
        return self._child

    @property
    def stdin(self) -> StreamWriter:
        """Where to write to the process."""
        if self._started.stdin is None:  # pragma: no cover - a level gives started ones only
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

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return not self._started.ended.done()

    async def kill(self) -> None:
        """End the whole tree and wait until nothing of it is left; harmless when it has ended."""
        ended = self._started.ended
        while not ended.done():
            self._kill_tree(self.pid)
            await asyncio.wait((ended,), timeout=_AGAIN_S)
        self._started.close()

    async def wait(self) -> int:
        """Wait for the end, and give the exit code (negative: the signal)."""
        code = await asyncio.shield(self._started.ended)
        return _SIGNALLED - code if code > _SIGNALLED else code

    def stderr_text(self) -> str:
        """What the process has printed so far, cut at `Limits.output_bytes`."""
        return self._ear.kept.decode("utf-8", "replace")

    def cpu_seconds(self) -> float:
        """CPU seconds of the whole tree so far."""
        return 0.0 if self._started.ended.done() else cpu_seconds(self.pid)

    def fault(self) -> str | None:
        """Why our side ended it, or None."""
        return self._fault

    def _used_too_much(self, used: int) -> None:
        allowed = self._limits.memory_bytes
        self._fault = f"memory: {used // MIB} MiB used, {allowed // MIB} MiB allowed"
        self._kill_tree(self.pid)

    def _printed_too_much(self) -> None:
        if not self._started.ended.done():
            self._fault = self._fault or f"output: more than {_MAX_PRINTED // MIB} MiB printed"
            self._kill_tree(self.pid)

    def _ended(self, pid: int) -> None:
        self._watch.remove(pid)
        why = self._on_end()
        self._fault = self._fault or why
