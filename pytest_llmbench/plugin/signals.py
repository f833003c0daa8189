"""SIGTERM ends a session as Ctrl-C does: what came is kept, and it is told how to go on."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class Signals:
    """The handler of SIGTERM, put up while models are asked."""

    def __init__(self) -> None:
        self._before: Any = None

    def on(self) -> None:
        """Put it up, unless somebody else has a handler, or this is not the thread that gets signals."""
        mine = threading.current_thread() is threading.main_thread()
        if mine and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            self._before = signal.signal(signal.SIGTERM, _interrupt)

    def off(self) -> None:
        """Leave everything as it was."""
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)
            self._before = None


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt("SIGTERM")
