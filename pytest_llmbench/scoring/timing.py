"""How close an answer's calls come to the limits of its task.

Only calls that nothing else ran beside are counted: the time of others is partly waiting. Where the
process measures its own CPU time that is taken, else the time on the wall, which is never less.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pytest_llmbench.sandbox.host import Observation


class TimedCall(NamedTuple):
    """One call: what was called, and the seconds that it took and might have taken."""

    name: str
    took_s: float
    allowed_s: float

    @property
    def share(self) -> float:
        """The part of its time that it used, from 0 to 1."""
        return self.took_s / self.allowed_s


class Timing:
    """Takes the time of a candidate's calls.

    Args:
        clock: Gives seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open = 0
        self._beside = False
        self._process_s = 0.0
        self.longest_process_s = 0.0
        self.slowest: TimedCall | None = None

    @contextmanager
    def call(self, name: str, allowed_s: float) -> Iterator[list[Observation]]:
        """Take the time of one call; what it gave may be put into the list, for its CPU time."""
        self._beside = self._open > 0
        self._open += 1
        started = self._clock()
        seen: list[Observation] = []
        try:
            yield seen
        finally:
            took = self._clock() - started
            self._open -= 1
            if not self._beside:
                self._count(TimedCall(name, took, allowed_s), seen[0].cpu_s if seen else None)

    def new_process(self) -> None:
        """Begin a process: its CPU time starts at zero."""
        self._process_s = 0.0

    def _count(self, call: TimedCall, cpu_s: float | None) -> None:
        if self.slowest is None or call.share > self.slowest.share:
            self.slowest = call
        self._process_s += call.took_s if cpu_s is None else cpu_s
        self.longest_process_s = max(self.longest_process_s, self._process_s)
