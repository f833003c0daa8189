"""Slots: how many answers are judged at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

_BESIDE = 64


class Slots:
    """A number of places, to be taken one at a time, or all at once by something that must run alone.

    Args:
        number: How many there are; one per core is right where judging computes.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._places = asyncio.Semaphore(number)
        self._beside = asyncio.Semaphore(_BESIDE)
        self._one_alone = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Take one place."""
        async with self._places:
            yield

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Take a place of those beside the slots, where many answers wait together for little work.

        Nobody may wait for a slot in it.
        """
        async with self._beside:
            yield

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Take all places: nothing else is judged meanwhile."""
        places = [*[self._places] * self._number, *[self._beside] * _BESIDE]
        async with self._one_alone, AsyncExitStack() as taken:
            for place in places:
                await taken.enter_async_context(place)
            yield
