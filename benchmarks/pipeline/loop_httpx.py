"""A bare asyncio loop on httpx and its own transport."""

from __future__ import annotations

import asyncio

import httpx
from asking import AT_ONCE, CALLS, URL, body, ended, text_of


async def main() -> None:
    """Make all calls."""
    slots = asyncio.Semaphore(AT_ONCE)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=600, trust_env=False) as client:

        async def ask(number: int) -> str:
            async with slots:
                return text_of((await client.post(f"{URL}/chat/completions", json=body(number))).text)

        await asyncio.gather(*(ask(number) for number in range(CALLS)))
    ended()


asyncio.run(main())
