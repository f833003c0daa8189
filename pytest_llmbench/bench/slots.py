"""Slots: how many answers are judged at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """A number of places, to be taken one at a time, or all at once by something that must run alone.

    Args:
        number: How many there are; one per core is right where judging computes.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._places = asyncio.Semaphore(number)
        self._one_alone = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Take one place."""
        async with self._places:
            yield

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Take all places: nothing else is judged meanwhile."""
        async with self._one_alone:
            for _ in range(self._number):
                await self._places.acquire()
            try:
                yield
            finally:
                for _ in range(self._number):
                    self._places.release()
