"""Node for tests; they are skipped where it is missing, and never where `CI` is set."""

from __future__ import annotations

import os

import pytest

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains.node import Node, find_node


@pytest.fixture(scope="session")
def node() -> Node:
    try:
        return find_node()
    except ToolchainMissing as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
