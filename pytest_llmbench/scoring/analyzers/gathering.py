"""Has a program look at all answers that wait for it at once: its start takes longer than one more answer.

While one run goes on, further answers gather for the next. A run that fails says nothing about which of its
answers it failed at, so that each of them is then looked at alone: what one answer brings down is its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Generic, TypeVar

from pytest_llmbench.errors import SandboxError

T = TypeVar("T")

MOST = 32
"""Answers of one run at most: the first of them is not to wait for too many others."""

MANY_S = 15.0
"""Seconds that a run for more than one answer may take: what takes longer is one of them, and found alone."""

_ALONE = 4
"""Runs side by side for the answers of one that failed: most of them have done nothing wrong."""


class Gathering(Generic[T]):
    """Looks at code, much of it in one run; on one event loop at a time.

    Args:
        look: Looks at some codes in one run, and gives what it found in each; raises `SandboxError`.
        most: Codes of one run at most.
    """

    def __init__(self, look: Callable[[Sequence[str]], Awaitable[Sequence[T]]], most: int = MOST) -> None:
        self._look = look
        self._most = most
        self._waiting: dict[str, list[asyncio.Future[T]]] = {}
        self._worker: asyncio.Task[None] | None = None

    async def at(self, code: str) -> T:
        """Look at a code, together with others that wait.

        Raises:
            SandboxError: The program failed at this code, or for a reason of its own.
        """
        found: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(code, []).append(found)
        if self._worker is None:
            self._worker = asyncio.ensure_future(self._work())
        return await found

    async def _work(self) -> None:
        try:
            while self._waiting:
                codes = list(islice(self._waiting, self._most))
                asking = {code: self._waiting.pop(code) for code in codes}
                try:
                    await self._answer(asking)
                except Exception as error:  # noqa: BLE001 - whoever waits has to see a bug of ours
                    for futures in asking.values():
                        _tell(futures, error)
        finally:
            self._worker = None

    async def _answer(self, asking: dict[str, list[asyncio.Future[T]]]) -> None:
        codes = list(asking)
        try:
            found = await self._look(codes)
        except SandboxError as error:
            if len(codes) == 1:
                _tell(asking[codes[0]], error)
                return
        else:
            for futures, one in zip(asking.values(), found, strict=True):
                _tell(futures, one)
            return
        places = asyncio.Semaphore(_ALONE)

        async def alone(code: str) -> None:
            async with places:
                await self._answer({code: asking[code]})

        await asyncio.gather(*map(alone, codes))


def _tell(futures: Sequence[asyncio.Future[T]], found: T | Exception) -> None:
    for future in futures:
        if future.done():
            continue
        if isinstance(found, Exception):
            future.set_exception(found)
        else:
            future.set_result(found)
