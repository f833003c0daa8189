"""A child process of an asyncio loop: three pipes and the moment of its end.

asyncio's own subprocesses need a thread each on some versions of Python, and on others call a process
ended only once somebody has read all that it wrote, which a candidate can keep from happening. A
process descriptor tells the moment itself.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import threading
from asyncio import AbstractEventLoop, ReadTransport, StreamReader, StreamReaderProtocol, StreamWriter
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox.base import MIB

_READ_AHEAD = MIB
_PIPE_BYTES = 64 * 1024


class Ear(asyncio.Protocol):
    """Keeps the beginning of what a stream brings, and calls for help when it brings too much.

    Args:
        keep: How many bytes to keep.
        too_much: How many bytes are too much.
        alarm: Called when there are too many.
    """

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
    """A process, its pipes, and its end. Made by `start_child`.

    Args:
        popen: The process.
        on_end: Called with its number when it has ended, while the number is still its own.
        loop: The running loop.
    """

    def __init__(
        self, popen: subprocess.Popen[bytes], on_end: Callable[[int], None], loop: AbstractEventLoop
    ) -> None:
        self._popen = popen
        self._on_end = on_end
        self._loop = loop
        self._readers: list[ReadTransport] = []
        self.stdout = StreamReader(limit=_READ_AHEAD, loop=loop)
        self.stdin: StreamWriter | None = None
        self.pid = popen.pid
        self.ended: asyncio.Future[int] = loop.create_future()
        self._await_end()

    async def connect(self, ear: Ear) -> None:
        """Attach the pipes to the loop, standard error to the ear."""
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

    def _await_end(self) -> None:
        if hasattr(os, "pidfd_open"):
            descriptor = os.pidfd_open(self.pid)
            self._loop.add_reader(descriptor, self._reap_by, descriptor)
        else:  # pragma: no cover - not Linux
            waiting = threading.Thread(target=self._reap_later, daemon=True)
            waiting.start()

    def _reap_by(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        self._reap()

    def _reap_later(self) -> None:  # pragma: no cover - not Linux
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        self._loop.call_soon_threadsafe(self._reap)

    def _reap(self) -> None:
        self._on_end(self.pid)
        code = self._popen.wait()
        if not self.ended.done():
            self.ended.set_result(code)

    def close(self) -> None:
        """Let go of the pipes; what has not been read is lost."""
        if self.stdin is not None and not self.stdin.transport.is_closing():
            self.stdin.transport.abort()
        for transport in self._readers:
            transport.close()


def start_child(
    argv: Sequence[str],
    on_end: Callable[[int], None],
    *,
    env: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    cwd: str | None = None,
) -> Child:
    """Start a process in a session of its own, from the thread that calls, within a running loop.

    Raises:
        SandboxError: It could not be started.
    """
    try:
        popen = subprocess.Popen(  # noqa: S603 - a list, no shell
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
    return Child(popen, on_end, asyncio.get_running_loop())


def readable(data: bytes) -> int:
    """A descriptor that gives some data, at most what a pipe holds, and then its end."""
    reader, writer = os.pipe()
    try:
        if len(data) > _PIPE_BYTES:
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, len(data))
        os.write(writer, data)
    finally:
        os.close(writer)
    return reader
