"""Node and Go for tests; skipped where one is missing, and never where `CI` is set.

A test folder takes the fixtures over by an import in its conftest.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

from pytest_llmbench.errors import UsageError
from pytest_llmbench.toolchains.go_cache import GoToolchain
from pytest_llmbench.toolchains.go_status import prepare_go
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain, prepare_javascript

T = TypeVar("T")


def needed(make: Callable[[], T]) -> T:
    try:
        return make()
    except UsageError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def javascript() -> JavaScriptToolchain:
    return needed(lambda: prepare_javascript(os.environ))


@pytest.fixture(scope="session")
def go() -> GoToolchain:
    return needed(lambda: prepare_go(os.environ))
