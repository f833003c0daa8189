"""The live line: what a run does while nothing has ended yet, below pytest's own progress.

On a terminal it is one line below the one that pytest writes; the cursor never stays there. Elsewhere it
is a plain line from time to time. A thread writes it, since the main thread waits, and while an item waits
pytest captures the standard streams: so it goes to a descriptor of its own. Whenever pytest writes, the
line is taken away first.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

import pytest

from pytest_llmbench.report.columns import cut
from pytest_llmbench.report.progress import Progress, progress_line

DRAWN_S = 1.0
"""Seconds between two states of the line on a terminal."""

PLAIN_S = 30.0
"""Seconds between two lines elsewhere."""

_COLUMNS = 80
"""Of a terminal that does not say."""

_ROOM_BELOW = "\x1bD\x1b[A"
"""Down and up again: where the cursor was in the last row, the screen has scrolled."""

_SAVE, _RESTORE = "\x1b7", "\x1b8"
_TO_LINE = "\x1b[B\r\x1b[K"


class Live:
    """A plugin object of the process that has the terminal.

    Args:
        config: pytest's configuration.
        read: Says how far the run has come; None where that is not known.
        clock: Gives seconds that only ever grow.
    """

    def __init__(
        self,
        config: pytest.Config,
        read: Callable[[], Progress | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._read = read
        self._clock = clock
        self._began = 0.0
        self._file = -1
        self._drawn = False
        self._shown = False
        self._paused = False
        self._at_start = True
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @classmethod
    def wanted(cls, config: pytest.Config) -> bool:
        """Whether a user may see it: not with `-q`, and not beside a debugger."""
        return config.option.verbose >= 0 and not config.option.usepdb

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self) -> Generator[None, Any, Any]:
        """Begin with the first item: from here on the main thread may wait."""
        if self._thread is None:
            self._start()
        self._paused = False
        return (yield from self._aside())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self) -> Generator[None, Any, Any]:
        """Let pytest write."""
        return (yield from self._aside())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logfinish(self) -> Generator[None, Any, Any]:
        """Likewise."""
        return (yield from self._aside())

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self) -> None:
        """Make room for what pytest-xdist is about to say of a worker process."""
        with self._lock:
            self._erase()

    def pytest_enter_pdb(self) -> None:
        """Leave the terminal to a debugger, until the next item starts."""
        with self._lock:
            self._erase()
            self._paused = True

    def stop(self) -> None:
        """Take the line away, and end the thread."""
        self._ended.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()
        with self._lock:
            self._erase()
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _start(self) -> None:
        self._began = self._clock()
        # Here nothing is captured, so that this is where pytest itself writes.
        with suppress(io.UnsupportedOperation, OSError, ValueError, AttributeError):
            self._file = os.dup(sys.stdout.fileno())
        uncaptured = self._config.option.capture == "no" or self._config.getini("log_cli")
        self._drawn = (
            self._file >= 0
            and os.isatty(self._file)
            and os.environ.get("TERM", "dumb") != "dumb"
            and not uncaptured
        )
        self._thread = threading.Thread(target=self._run, name="llmbench-live", daemon=True)
        if self._file >= 0 and self._config.pluginmanager.has_plugin("terminalreporter"):
            self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(DRAWN_S if self._drawn else PLAIN_S):
            progress = self._read()
            if progress is not None and progress.trials:
                self._show(progress_line(progress, self._clock() - self._began))

    def _show(self, line: str) -> None:
        with self._lock:
            if self._paused or self._ended.is_set():
                return
            if self._drawn:
                text = cut(line, (os.get_terminal_size(self._file).columns or _COLUMNS) - 1)
                self._write(f"{_ROOM_BELOW}{_SAVE}{_TO_LINE}{text}{_RESTORE}")
                self._shown = True
            else:
                self._write(f"{'' if self._at_start else chr(10)}{line}\n")
                self._at_start = True

    def _aside(self) -> Generator[None, Any, Any]:
        """Keep the line away while pytest writes, and have what it writes arrive before the next one."""
        with self._lock:
            self._erase()
            result = yield
            if self._config.pluginmanager.has_plugin("terminalreporter"):
                terminal = self._config.get_terminal_writer()
                terminal.flush()
                self._at_start = not terminal.width_of_current_line
            return result

    def _erase(self) -> None:
        if self._shown:
            self._write(f"{_SAVE}{_TO_LINE}{_RESTORE}")
            self._shown = False

    def _write(self, text: str) -> None:
        with suppress(OSError):  # nobody reads any more
            os.write(self._file, text.encode())
