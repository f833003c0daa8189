"""The fixtures of tests of storage: real databases, in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_llmbench.storage.stored import Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage.open("sqlite:///kept/runs.db", tmp_path)
