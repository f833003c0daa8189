"""A small task with its solutions, for tests of the plugin."""

from __future__ import annotations

GOOD = '''\
"""Doubling of whole numbers."""


def double(number: int) -> int:
    """Return twice a whole number, whatever its sign or size.

    The result is exact, since Python's integers do not overflow; the input is not modified.

    Args:
        number: The value to multiply by two; zero and negative values are fine.

    Returns:
        The product, which has the sign of the input.
    """
    return 2 * number
'''

TASK = """\
from pytest_llmbench import llm_task


@llm_task(title="Double a number", language="python", prompt="Write double(number) in Python.")
async def test_double(candidate, score):
    with score.correctness("doubles two"):
        assert await candidate.call("double", 2) == 4
    with score.correctness("doubles seven"):
        assert await candidate.call("double", 7) == 14
    with score.edge_case("doubles zero"):
        assert await candidate.call("double", 0) == 0
"""

WRONG = GOOD.replace("2 * number", "number + 2")

FAULTY = "# caught by: doubles seven\n" + WRONG


def fenced(code: str) -> str:
    """A reply as a model would write it."""
    return f"Here it is:\n\n```python\n{code}```\n"
