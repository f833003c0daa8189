"""DeepEval: one test case per call. It evaluates texts that are there, so the call is made by its metric."""

from __future__ import annotations

import aiohttp
from asking import AT_ONCE, CALLS, URL, body, ended, text_of
from deepeval import evaluate
from deepeval.evaluate import AsyncConfig, CacheConfig, DisplayConfig
from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase

SESSIONS: list[aiohttp.ClientSession] = []


class Asks(BaseMetric):
    """Asks, and looks for a word in the answer."""

    def __init__(self) -> None:
        self.threshold = 0.5
        self.async_mode = True

    async def a_measure(self, test_case: LLMTestCase, *args: object, **kwargs: object) -> float:
        """Ask."""
        if not SESSIONS:
            SESSIONS.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        number = int(str(test_case.input))
        async with SESSIONS[0].post(f"{URL}/chat/completions", json=body(number)) as response:
            text = text_of(await response.text())
        self.score = 1.0 if text else 0.0
        self.success = "double" in text
        return self.score

    def measure(self, test_case: LLMTestCase, *args: object, **kwargs: object) -> float:
        """Not used: everything is asynchronous here."""
        raise NotImplementedError

    def is_successful(self) -> bool:
        """Whether the word was there."""
        return bool(self.success)

    @property
    def __name__(self) -> str:
        return "Asks"


evaluate(
    test_cases=[LLMTestCase(input=str(number), actual_output="") for number in range(CALLS)],
    metrics=[Asks()],
    async_config=AsyncConfig(max_concurrent=AT_ONCE),
    display_config=DisplayConfig(show_indicator=False, print_results=False),
    cache_config=CacheConfig(write_cache=False, use_cache=False),
)
ended()
