"""Python's garbage collector looks less often while models are asked, and as before once that is over."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import ask
from chatserver import ChatServer
from doubling import GOOD, fenced

LOOKING = """
import gc, json, pathlib

def pytest_runtest_logreport(report):
    if report.when == "call":
        found = [gc.get_threshold()[0], gc.get_freeze_count() > 0]
        pathlib.Path("seen.json").write_text(json.dumps(found))
"""

KNOT = """
import gc, weakref

class Knot:
    def __init__(self):
        self.itself = self

def test_garbage_is_found():
    knot = weakref.ref(Knot())
    gc.collect()
    assert knot() is None
    print("frozen:", gc.get_freeze_count() > 0)
"""


@pytest.fixture
def collector() -> Any:
    """The collector as Python has it, whatever the tests are run with."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collector", "suite")
def test_it_is_held_back_and_let_go(
    pytester: pytest.Pytester, make_server: Callable[..., ChatServer]
) -> None:
    pytester.makeconftest(LOOKING)
    ask(pytester, make_server(fenced(GOOD))).assert_outcomes(passed=1)
    assert Path("seen.json").read_text() == "[50000, true]"
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.usefixtures("collector", "suite")
def test_a_process_keeps_one_session_and_no_more(
    pytester: pytest.Pytester, make_server: Callable[..., ChatServer]
) -> None:
    server = make_server(fenced(GOOD))
    ask(pytester, server).assert_outcomes(passed=1)
    kept = gc.get_freeze_count()
    ask(pytester, server).assert_outcomes(passed=1)
    assert 0 < gc.get_freeze_count() <= kept


def test_garbage_of_tests_is_found_and_idle_sessions_freeze_nothing(
    pytester: pytest.Pytester, suite: Path, make_server: Callable[..., ChatServer]
) -> None:
    (suite / "test_knot.py").write_text(KNOT)
    idle = pytester.runpytest_subprocess("-s", str(suite / "test_knot.py"))
    idle.stdout.fnmatch_lines(["*frozen: False*"])
    busy = pytester.runpytest_subprocess(
        "-s", "suite", "--llm-models=a", f"--llm-base-url={make_server(fenced(GOOD)).url}"
    )
    busy.stdout.fnmatch_lines(["*frozen: True*"])
    busy.assert_outcomes(passed=2)


@pytest.mark.usefixtures("collector", "suite")
def test_one_that_is_off_stays_off(pytester: pytest.Pytester, make_server: Callable[..., ChatServer]) -> None:
    pytester.makeconftest(f"{LOOKING}\ngc.set_threshold(0)\n")
    ask(pytester, make_server(fenced(GOOD))).assert_outcomes(passed=1)
    assert Path("seen.json").read_text() == "[0, true]"
