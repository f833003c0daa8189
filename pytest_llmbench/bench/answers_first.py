"""Answers first: where a budget is shared, a judge is asked once no answer is to be asked for any more.

So no opinion takes the money that an answer needs, and a run with a judge measures what one without it does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


class AnswersFirst:
    """Knows the answers that are still to come.

    Args:
        wanted: Whether opinions wait for them at all.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._due: set[str] = set()
        self._waiting: list[asyncio.Future[None]] = []

    def expect(self, keys: Iterable[str]) -> None:
        """Take note of trials that are to be asked; from any thread."""
        self._due.update(keys)

    def over(self, keys: Iterable[str]) -> None:
        """Take note of trials that were asked, or never will be; on the loop of the calls."""
        self._due.difference_update(keys)
        if not self._due:
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    async def wait(self) -> None:
        """Wait for all of them; on the loop of the calls."""
        while self._wanted and self._due:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future
