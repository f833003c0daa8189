"""An asyncio loop in a long-lived thread, with a heartbeat that tells when something blocks it."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

_BEAT_S = 0.2


class LoopThread:
    """One loop in one thread that lives as long as the run: a sandbox dies with the thread that spawned it.

    Args:
        name: The thread's name.
    """

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._beat = time.monotonic()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stalled_s(self) -> float:
        """Seconds since the loop last went round, above its usual beat."""
        return max(0.0, time.monotonic() - self._beat - _BEAT_S)

    def where(self) -> tuple[FrameType, ...]:
        """The frames that the thread is in now, innermost first."""
        frames: list[FrameType] = []
        frame = sys._current_frames().get(self._thread.ident or 0)  # noqa: SLF001 - documented, if underscored
        while frame is not None:
            frames.append(frame)
            frame = frame.f_back
        return tuple(frames)

    def culprit(self) -> str:
        """Name the code of an author that the thread is in now, and where it is."""
        frames = self.where()
        where = f"{frames[0].f_code.co_filename}:{frames[0].f_lineno}" if frames else "an ended thread"
        names = [f.f_code.co_name for f in frames if "pytest_llmbench" not in f.f_code.co_filename]
        return f"{names[0] if names else 'unknown'} at {where}"

    def close(self, timeout_s: float = 5.0) -> None:
        """Cancel what runs, wait for it, and end the thread. A blocked loop is left to the process's end."""
        if self._closed:
            return
        self._closed = True
        with suppress(Exception):
            self.submit(self._drain()).result(timeout_s)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout_s)
        if not self._thread.is_alive():
            self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        heart = self._loop.create_task(self._heartbeat())
        self._loop.run_forever()
        heart.cancel()
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(heart)

    async def _heartbeat(self) -> None:
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(_BEAT_S)

    async def _drain(self) -> None:
        me = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not me]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_default_executor()
