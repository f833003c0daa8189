"""How many requests a provider gets at once.

One limit per provider, first come, first served. A limit that follows what the provider can take
(more on success, fewer on 429) has its place here: `slot` is all that the client knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pytest_llmbench.models.model import Provider

DEFAULT_CONCURRENCY = 16


class ConnectionLimits:
    """Slots for requests in flight; used on one event loop.

    Args:
        default: Requests in flight at most, for a provider that does not say otherwise.
    """

    def __init__(self, default: int = DEFAULT_CONCURRENCY) -> None:
        self._default = default
        self._slots: dict[tuple[str, str], asyncio.Semaphore] = {}

    @asynccontextmanager
    async def slot(self, provider: Provider) -> AsyncIterator[None]:
        """Hold one of a provider's slots; waits in line for it."""
        key = (provider.id, provider.base_url)
        # asyncio wakes those who wait in the order in which they came.
        slots = self._slots.setdefault(key, asyncio.Semaphore(provider.concurrency or self._default))
        async with slots:
            yield
