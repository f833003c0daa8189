"""The same tests as an ordinary user, where they would otherwise run as root only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from other_users import NOBODY, needs_root, run_tests

FILES = ("test_attacks.py", "test_choosing.py", "test_landlock.py", "test_python_host.py")


@pytest.mark.slow
@needs_root
def test_everything_holds_for_an_ordinary_user_too() -> None:
    printed = run_tests(NOBODY, [Path(__file__).with_name(name) for name in FILES])
    passed = re.search(r"(\d+) passed", printed)
    assert passed is not None
    assert int(passed[1]) > 100


@pytest.mark.slow
@needs_root
def test_landlock_holds_for_root_whose_interpreter_all_can_read() -> None:
    files = [Path(__file__).with_name(name) for name in ("test_attacks.py", "test_landlock.py")]
    printed = run_tests(None, files, "-k", "landlock")
    passed = re.search(r"(\d+) passed", printed)
    assert passed is not None
    assert int(passed[1]) > 20
