"""Shared by all tests of this repository; the plugin itself is loaded by its entry point."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pytest_llmbench.toolchains.cache import user_cache

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session", autouse=True)
def shared_toolchains() -> Iterator[None]:
    """Keep the user's cache where it is in tests that are given another home.

    What toolchains need is compiled once then, which takes minutes, and not by each such test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(user_cache(os.environ).parent))
        yield
