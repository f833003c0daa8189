"""A child process of an asyncio loop: three pipes and the moment of its end.

asyncio's own subprocesses need a thread each on some versions of Python, and on others call a process
ended only once somebody has read all that it wrote, which a candidate can keep from happening. A
process descriptor tells the moment itself.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from asyncio import AbstractEventLoop, ReadTransport, StreamReader, StreamReaderProtocol, StreamWriter
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox.base import MIB

_READ_AHEAD = MIB


class Ear(asyncio.Protocol):
    """Keeps the beginning of what a stream brings, and calls for help when it brings too much."""

    def __init__(self, keep: int, too_much: int, alarm: Callable[[], None]) -> None:
        self._keep = keep
        self._too_much = too_much
        self._alarm = alarm
        self._heard = 0
        self.kept = bytearray()

    def data_received(self, data: bytes) -> None:
        """Keep what there is room for."""
        self._heard += len(data)
        self.kept += data[: max(0, self._keep - len(self.kept))]
        if self._heard > self._too_much:
            self._alarm()


class Child:
    """A process, its pipes, and its end. Made by `start_child`."""

    def __init__(self, popen: subprocess.Popen[bytes], loop: AbstractEventLoop) -> None:
        self._popen = popen
        self._loop = loop
        self._readers: list[ReadTransport] = []
        self.stdout = StreamReader(limit=_READ_AHEAD, loop=loop)
        self.stdin: StreamWriter | None = None
        self.pid = popen.pid
        self.ended: asyncio.Future[int] = loop.create_future()
        self._descriptor = os.pidfd_open(popen.pid)
        loop.add_reader(self._descriptor, self._reap)

    async def connect(self, ear: Ear) -> None:
        """Attach the pipes to the loop."""
        loop = self._loop
        await self._listen(StreamReaderProtocol(self.stdout, loop=loop), self._popen.stdout)
        await self._listen(ear, self._popen.stderr)
        # A writer wants a protocol that can be told to pause; the reader in it is not used.
        pause = StreamReaderProtocol(StreamReader(loop=loop), loop=loop)
        transport, _ = await loop.connect_write_pipe(lambda: pause, self._popen.stdin)
        self.stdin = StreamWriter(transport, pause, None, loop)

    async def _listen(self, protocol: asyncio.BaseProtocol, pipe: IO[bytes] | None) -> None:
        transport, _ = await self._loop.connect_read_pipe(lambda: protocol, pipe)
        self._readers.append(transport)

    def _reap(self) -> None:
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)
        code = self._popen.wait()
        if not self.ended.done():
            self.ended.set_result(code)

    def close(self) -> None:
        """Let go of the pipes; what has not been read is lost."""
        if self.stdin is not None and not self.stdin.transport.is_closing():
            self.stdin.transport.abort()
        for transport in self._readers:
            transport.close()


async def start_child(
    argv: Sequence[str],
    ear: Ear,
    *,
    env: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    cwd: str | None = None,
) -> Child:
    """Start a process in a session of its own, from the thread that calls.

    Raises:
        SandboxError: It could not be started.
    """
    try:
        # A list, no shell; and it blocks no longer than asyncio's own does.
        popen = subprocess.Popen(  # noqa: S603, ASYNC220
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=cwd,
            pass_fds=pass_fds,
            start_new_session=True,
            bufsize=0,
        )
    except OSError as error:
        raise SandboxError(f"{argv[0]} could not be started: {error}") from error
    child = Child(popen, asyncio.get_running_loop())
    await child.connect(ear)
    return child
