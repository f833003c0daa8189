"""An author's mistakes, with a model named: one clear line at collection, and no call is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asking import ask, told
from chatserver import ChatServer
from doubling import GOOD, TASK, WRONG, fenced

Make = Callable[..., ChatServer]

PROMPT = 'prompt="Write double(number) in Python."'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title=", "titel='x', title=", "unknown argument 'titel'; did you mean 'title'?"),
        (PROMPT, 'prompt="prompt.md"', "prompt: there is no file "),
        (PROMPT, 'prompt="{{ b }}", variables={"a": 1}', "'b' is undefined; given are: a"),
        ("candidate, score", "candidate, score, tmp_path", "asks for 'tmp_path'"),
    ],
    ids=["argument", "prompt file", "template variable", "fixture"],
)
def test_a_declaration(
    pytester: pytest.Pytester, suite: Path, make_server: Make, old: str, new: str, said: str
) -> None:
    (suite / "test_double.py").write_text(TASK.replace(old, new))
    server = make_server(fenced(GOOD))
    result = ask(pytester, server)
    result.assert_outcomes(errors=1)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    (line,) = [line for line in told(result).splitlines() if said in line]
    assert "test_double.py:4: test_double: " in line
    assert server.requests == []


def test_the_way_out_of_a_fixture_is_named(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "test_double.py").write_text(TASK.replace("candidate, score", "candidate, score, tmp_path"))
    result = pytester.runpytest_inprocess("suite")
    assert "'llm' fixture" in told(result)


def test_two_tasks_of_one_id(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    other = suite.parent / "again"
    other.mkdir()
    (other / "test_again.py").write_text(TASK)
    server = make_server(fenced(GOOD))
    result = ask(pytester, server)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "another task of the suite 'suite' has the id 'double'" in told(result)
    assert server.requests == []
    again = ask(pytester, server, "-n", "2")
    assert again.ret == pytest.ExitCode.TESTS_FAILED, "pytest-xdist goes on with the other task"
    assert "another task of the suite 'suite' has the id 'double'" in told(again)


def test_nothing_is_asked_where_another_task_is_wrong(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    other = suite.parent / "again"
    other.mkdir()
    (other / "test_again.py").write_text(TASK.replace("double", "again").replace("title", "titel"))
    server = make_server(fenced(GOOD))
    assert ask(pytester, server).ret == pytest.ExitCode.INTERRUPTED
    assert server.requests == []
    ask(pytester, server, "--continue-on-collection-errors").assert_outcomes(passed=1, errors=1)
    assert len(server.requests) == 1


def test_a_reference_that_is_wrong(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    (suite / "solutions" / "reference.py").write_text(WRONG)
    server = make_server(fenced(GOOD))
    result = ask(pytester, server)
    result.assert_outcomes(errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "the task is not proved, so no model was asked" in told(result)
    assert server.requests == []


def test_no_task_is_there(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    (suite / "test_double.py").unlink()
    result = ask(pytester, make_server(fenced(GOOD)))
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
