"""Nothing is left of some samples in a row; `benchmarks/leaks.py` does the same with 2,000."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path

import pytest
from levels import any_sandbox

from pytest_llmbench.sandbox.base import Sandbox

__all__ = ["any_sandbox"]

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "leaks.py"


@pytest.mark.slow
def test_nothing_is_left_of_a_hundred_samples(any_sandbox: Sandbox) -> None:
    spec = importlib.util.spec_from_file_location("leaks", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    leaks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(leaks)
    before, after = asyncio.run(leaks.grown(any_sandbox, 100))
    # Other runs on this machine have temporary folders too: what is ours is counted by the level's own tests.
    assert leaks.problems(before._replace(temporary=after.temporary), after) == []
