"""pydantic-evals: one case per call; the call itself is the user's, on aiohttp."""

from __future__ import annotations

import asyncio

import aiohttp
from asking import AT_ONCE, CALLS, URL, body, ended, text_of
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import Contains


async def main() -> None:
    """Evaluate all cases."""
    cases = [Case(name=str(number), inputs=number) for number in range(CALLS)]
    dataset = Dataset(name="double", cases=cases, evaluators=[Contains(value="double")])
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(number: int) -> str:
            async with session.post(f"{URL}/chat/completions", json=body(number)) as response:
                return text_of(await response.text())

        await dataset.evaluate(ask, max_concurrency=AT_ONCE, progress=False)
    ended()


asyncio.run(main())
