"""A bare asyncio loop on aiohttp: what the calls alone cost."""

from __future__ import annotations

import asyncio

import aiohttp
from asking import AT_ONCE, CALLS, URL, body, ended, text_of


async def main() -> None:
    """Make all calls."""
    slots = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(number: int) -> str:
            async with slots, session.post(f"{URL}/chat/completions", json=body(number)) as response:
                return text_of(await response.text())

        await asyncio.gather(*(ask(number) for number in range(CALLS)))
    ended()


asyncio.run(main())
