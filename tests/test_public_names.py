"""The public names are few, and pinned."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pytest_llmbench

NAMES = ["Candidate", "CandidateCrash", "CandidateError", "CandidateTimeout", "Score", "llm_task"]


def test_the_public_names_are_these() -> None:
    assert pytest_llmbench.__all__ == NAMES
    assert all(getattr(pytest_llmbench, name).__doc__ for name in NAMES)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'flatten'"):
        _ = pytest_llmbench.flatten


def test_importing_the_package_loads_nothing_else() -> None:
    code = (
        "import sys, pytest_llmbench;"
        "print([m for m in sys.modules if m.startswith(('pytest_llmbench.', 'pydantic'))])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
