"""Every level of isolation that works here, for tests that hold at each of them.

A test folder takes the fixtures over by an import in its conftest.py.
"""

from __future__ import annotations

import asyncio
import os
from functools import cache

import pytest

from pytest_llmbench.sandbox.base import Sandbox
from pytest_llmbench.sandbox.choose import Level, Verdict, examine, levels

LEVELS = {level.name: level for level in levels()}


@cache
def verdict(level: Level) -> Verdict:
    return asyncio.run(examine(level, os.environ))


@pytest.fixture(params=LEVELS)
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    found = verdict(LEVELS[request.param])
    if found.sandbox is None:
        pytest.skip(f"{found.name}: {found.problem}")
    return found.sandbox


@pytest.fixture
def any_sandbox() -> Sandbox:
    """The first level that works, for what is the same at all of them."""
    for level in LEVELS.values():
        if (found := verdict(level).sandbox) is not None:
            return found
    pytest.skip("no level of isolation works here")
