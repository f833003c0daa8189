"""Node in a real sandbox; skipped where either is missing, and never where `CI` is set."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

import pytest

from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.errors import UsageError
from pytest_llmbench.sandbox.base import Sandbox
from pytest_llmbench.sandbox.choose import choose_sandbox

T = TypeVar("T")


def needed(make: Callable[[], T]) -> T:
    try:
        return make()
    except UsageError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return needed(lambda: asyncio.run(choose_sandbox(allow_unsafe=False, environ=os.environ)))


@pytest.fixture(scope="session")
def languages() -> Languages:
    found = Languages(os.environ)
    found.prepare(["javascript", "typescript"])
    for missing in found.missing.values():
        if os.environ.get("CI"):
            raise missing
        pytest.skip(str(missing))
    return found
