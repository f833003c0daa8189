"""An eye on the memory of whole trees of processes, which no limit of a single process sees.

It is a thread of its own: where a test function computes for a second, the loop stands still, and a
candidate can fill a machine's memory in a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from pytest_llmbench.sandbox.tree import memory_above

_EVERY_S = 0.05


class _Watched(NamedTuple):
    allowed: int
    end: Callable[[int], None]


class MemoryWatch:
    """Watches trees, and kills those that use more than they may."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trees: dict[int, _Watched] = {}
        self._thread: threading.Thread | None = None

    def add(self, pid: int, allowed: int, end: Callable[[int], None]) -> None:
        """Watch a process and all below it.

        Args:
            pid: The process; it must not have been waited for before `remove`.
            allowed: Bytes for the whole tree.
            end: Called, in the watching thread, with the bytes that it uses where those are more; kills it.
        """
        with self._lock:
            self._trees[pid] = _Watched(allowed, end)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="llmbench-memory", daemon=True)
                self._thread.start()

    def remove(self, pid: int) -> None:
        """Watch it no longer; from now on its number may be another's."""
        with self._lock:
            self._trees.pop(pid, None)

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(_EVERY_S):
            for pid in tuple(self._trees):
                self._look(pid)
            with self._lock:
                if not self._trees:
                    self._thread = None
                    return

    def _look(self, pid: int) -> None:
        with self._lock:  # so that the number stays this process's until it has been killed
            watched = self._trees.get(pid)
            if watched is None or (used := memory_above(pid, watched.allowed)) is None:
                return
            del self._trees[pid]
            watched.end(used)
