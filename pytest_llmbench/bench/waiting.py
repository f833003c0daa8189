"""Waits for results that come from loops in other threads, and watches that these loops go round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import TypeVar

from pytest_llmbench.bench.loops import LoopThread
from pytest_llmbench.errors import LlmBenchError

T = TypeVar("T")

STALL_S = 30.0
"""Seconds without a heartbeat after which a loop counts as blocked."""

_POLL_S = 0.5
_PAUSE_S = 0.02
"""Seconds without a result after which there is time for something else."""


class BlockedLoopError(LlmBenchError):
    """Code of a task's author computes or waits without giving way, so that nothing else is judged."""


def nothing() -> bool:
    """Do nothing while results are awaited."""
    return False


class Waiting:
    """Waits.

    Args:
        loops: Gives the loops that results come from, as they are at that time.
        stall_s: Seconds without a heartbeat after which a loop counts as blocked.
    """

    def __init__(self, loops: Callable[[], Iterable[LoopThread]], stall_s: float) -> None:
        self._loops = loops
        self._stall_s = stall_s

    def wait(self, future: Future[T], meanwhile: Callable[[], bool] = nothing) -> T:
        """Wait for a result.

        Args:
            future: The result.
            meanwhile: Called again and again while it does not come; says whether there is more to do.

        Raises:
            BlockedLoopError: A loop does not go round.
        """
        busy = meanwhile is not nothing
        # `wait` does not see that a future was cancelled; `done` does.
        while not (future.done() or wait([future], _PAUSE_S if busy else _POLL_S).done):
            busy = meanwhile()
            self._watch()
        return future.result()

    def _watch(self) -> None:
        for loop in self._loops():
            if loop.stalled_s() >= self._stall_s:
                raise BlockedLoopError(
                    f"nothing is judged any more since {loop.stalled_s():.0f} s: {loop.culprit()} does not"
                    " give way; a body may only wait with 'await'"
                )
