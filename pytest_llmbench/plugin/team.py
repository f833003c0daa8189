"""The worker processes of pytest-xdist as a team: one of them asks and judges for all.

So there is one set of limits per provider, and all calls are under way from the end of collection on,
however the items are dealt out. The others ask the leader for what their items wait for. Where it dies, the
next that needs something leads, and goes on with what is stored.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path

from pytest_llmbench.plugin.meeting import Meeting

_LOOK_S = 0.05
"""Seconds between two looks at whether something has changed."""


class Team:
    """A worker process's place in the team.

    Args:
        meeting: Where the team meets.
        begin: Called when this process is to lead: starts all that there is to do. It is told whether
            another one has led before.
        answer: Gives the leader's answer to a request; called in any thread.
    """

    def __init__(self, meeting: Meeting, begin: Callable[[bool], None], answer: Callable[[str], str]) -> None:
        self.meeting = meeting
        self._begin = begin
        self._answer = answer
        self._choosing = threading.Lock()
        self._ready = threading.Event()
        self._server: socketserver.BaseServer | None = None
        meeting.attend()

    def leads(self) -> bool:
        """Whether this process leads; it does from now on where no other one does."""
        with self._choosing:
            if self._server is not None:
                self._ready.wait()
                return True
            if self.meeting.stopped or not self.meeting.take_lead():
                return False
            again = self.meeting.led
            self.meeting.begun()
            self._serve()
            try:
                self._begin(again)
            finally:
                self._ready.set()
        return True

    def ask(self, request: str) -> str | None:
        """Ask the leader.

        Returns:
            Its answer; None where this process leads.

        Raises:
            CancelledError: Nothing more is to be asked.
        """
        while not self.leads():
            with suppress(OSError):
                return call(self.meeting.address, request)
            if self.meeting.stopped:
                raise CancelledError
            time.sleep(_LOOK_S)
        return None

    def dismiss(self) -> None:
        """Wait as a leader until no other process can need anything, or all is over; then be gone."""
        if self._server is not None:
            while not (self.meeting.stopped or self.meeting.alone):
                time.sleep(_LOOK_S)

    def close(self) -> None:
        """Be gone."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self.meeting.leave()

    def _serve(self) -> None:
        def waited(request: str) -> str:
            self._ready.wait()
            return self._answer(request)

        self.meeting.address.unlink(missing_ok=True)
        self._server = _Server(self.meeting.address, waited)
        threading.Thread(
            target=self._server.serve_forever, args=(_LOOK_S,), name="llmbench-team", daemon=True
        ).start()


def call(address: Path, request: str, timeout_s: float | None = None) -> str:
    """Ask whoever listens at an address.

    Raises:
        OSError: Nobody does, or not any more.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_s)
        connection.connect(str(address))
        connection.sendall(request.encode() + b"\n")
        with connection.makefile("rb") as stream:
            line = stream.readline()
    if not line.endswith(b"\n"):
        raise ConnectionError("the leader is gone")
    return line.decode().rstrip("\n")


class _Server(socketserver.ThreadingUnixStreamServer):
    """Answers one line per connection by one line."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: Path, answer: Callable[[str], str]) -> None:
        super().__init__(str(address), _Handler)
        self.answer = answer


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        request = self.rfile.readline().decode().rstrip("\n")
        # Who has asked may be gone by now.
        with suppress(OSError):
            self.wfile.write(self.server.answer(request).encode() + b"\n")
