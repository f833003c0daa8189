"""Mistakes in a declaration: one clear line at collection, no traceback, nothing called."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubling import TASK


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('language="python"', 'language="pyton"', "*language='pyton': one of python, javascript*"),
        ("title=", "titel='x', title=", "*unknown argument 'titel'; did you mean 'title'?*"),
        ('language="python"', 'language="python", zzz=1', "*unknown argument 'zzz'; it takes title, *"),
        ("prompt=", "max_tokens=0, prompt=", "*max_tokens=0: a whole number above 0 is needed*"),
        (
            'prompt="Write double(number) in Python."',
            'prompt="prompt.md"',
            "*prompt: there is no file *prompt.md*",
        ),
        ('prompt="Write', 'variables={"a": 1}, prompt="{{ b }} Write', "*'b' is undefined; given are: a*"),
        ('prompt="Write', 'variables={"a": 1}, prompt="{{ Write', "*the prompt:1: *"),
        ("candidate, score", "candidate, score, tmp_path", "*asks for 'tmp_path'; *'llm' fixture*"),
        ("async def", "def", "*write 'async def'*"),
    ],
)
def test_a_mistake_is_named(pytester: pytest.Pytester, suite: Path, old: str, new: str, said: str) -> None:
    text = TASK.replace(old, new)
    if old == "async def":
        text = text.replace("await ", "")
    (suite / "test_double.py").write_text(text)
    result = pytester.runpytest("suite")
    result.assert_outcomes(errors=1)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([said])
    result.stdout.fnmatch_lines(["*test_double.py:*: test_double: *"])
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize("mark", ["parametrize('x', [1])", "usefixtures('tmp_path')"])
@pytest.mark.parametrize("where", ["above", "module"])
def test_marks_that_do_not_reach_a_task_are_refused(
    pytester: pytest.Pytester, suite: Path, mark: str, where: str
) -> None:
    text = "import pytest\n" + TASK
    if where == "above":
        text = text.replace("@llm_task", f"@pytest.mark.{mark}\n@llm_task")
    else:
        text = text.replace("\n\n\n@llm_task", f"\n\npytestmark = pytest.mark.{mark}\n\n@llm_task")
    (suite / "test_double.py").write_text(text)
    result = pytester.runpytest("suite")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*the mark '{mark.split('(', maxsplit=1)[0]}' does not reach a task*"])


def test_a_task_in_a_class_is_refused(pytester: pytest.Pytester, suite: Path) -> None:
    head, body = TASK.split("@llm_task")
    indented = "\n".join("    " + line for line in ("@llm_task" + body).splitlines())
    (suite / "test_double.py").write_text(f"{head}class TestThings:\n{indented}\n")
    result = pytester.runpytest("suite")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*a task stands in a module, not in a class*"])


def test_two_tasks_of_one_id_in_a_suite_are_refused(pytester: pytest.Pytester, suite: Path) -> None:
    other = suite.parent / "again"
    other.mkdir()
    (other / "test_again.py").write_text(TASK)
    result = pytester.runpytest("suite")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*another task of the suite 'suite' has the id 'double' (*): rename one*"])


def test_the_decorator_gives_the_function_back() -> None:
    from pytest_llmbench import llm_task

    async def test_x(candidate: object, score: object) -> None:
        """Do nothing."""

    assert llm_task(title="x", language="python", prompt="x")(test_x) is test_x
