"""`python -m pytest_llmbench new`: what it writes proves itself at once, and what it cannot write it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pytest_llmbench.commands.new import new_task
from pytest_llmbench.errors import UsageError

LANGUAGES = ("python", "javascript", "typescript", "go")
NAMES = ("x", "numbers", "second_largest", "not_modified_in_any_order_example_counted_once_sorted_length")


def new(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.run(sys.executable, "-m", "pytest_llmbench", "new", *args)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_task_proves_itself_under_any_name(pytester: pytest.Pytester, language: str) -> None:
    pytester.makeini("[pytest]\naddopts = -p no:randomly\nasyncio_default_fixture_loop_scope = function\n")
    for name in NAMES:
        new_task(name, language, pytester.path)
    result = pytester.runpytest("--llm-lint", *NAMES)
    result.assert_outcomes(passed=len(NAMES) * 4)
    assert result.ret == 0


def test_it_names_what_it_wrote_and_what_to_do_next(pytester: pytest.Pytester) -> None:
    result = new(pytester, "second_largest")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "*/second_largest/prompt.md",
            "*/second_largest/test_second_largest.py",
            "*/second_largest/solutions/reference.py",
            "*/second_largest/solutions/faulty_counts_twice.py",
            "*/second_largest/solutions/faulty_starts_at_zero.py",
            "Prove it:     pytest second_largest",
        ]
    )
    files = [path for path in (pytester.path / "second_largest").rglob("*") if path.is_file()]
    assert len(files) == 5
    assert not any(mark in path.read_text() for path in files for mark in ("NAME", "FUNCTION"))


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["Second"], "ERROR: 'Second': a task's id is a Python name in lower case, such as second_largest"),
        (["2nd"], "ERROR: '2nd': a task's id is a Python name in lower case, such as second_largest"),
        (["../up"], "ERROR: '../up': a task's id is a Python name in lower case, such as second_largest"),
        ([""], "ERROR: '': a task's id is a Python name in lower case, such as second_largest"),
        (["class"], "ERROR: 'class': a task's id is a Python name in lower case, such as second_largest"),
        (["a" * 61], "ERROR: 'a*': a task's id has at most 60 characters, such as second_largest"),
        (["sorted"], "ERROR: 'sorted': python has a 'sorted' of its own; take another, such as my_sorted"),
        (
            ["delete", "--language=javascript"],
            "ERROR: 'delete': javascript has a 'delete' of its own; take another, such as my_delete",
        ),
        (["fine", "--language=pyton"], "ERROR: --language=pyton: did you mean 'python'?"),
        (["fine", "--language=cobol"], "ERROR: --language=cobol: one of python, javascript, *is needed"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_one_line(pytester: pytest.Pytester, args: list[str], says: str) -> None:
    result = new(pytester, *args)
    assert result.ret == 4
    assert result.outlines == []
    assert len(result.errlines) == 1
    result.stderr.fnmatch_lines([says])
    assert not [path for path in pytester.path.iterdir() if path.is_dir()]


def test_what_is_there_is_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.mkdir("mine") / "notes.txt").write_text("kept")
    result = new(pytester, "mine")
    assert result.ret == 4
    assert result.errlines == [
        f"ERROR: {pytester.path}/mine is there already: choose another name, or remove it"
    ]
    assert [path.name for path in (pytester.path / "mine").iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"file/mine cannot be written: Not a directory"):
        new_task("mine", "python", tmp_path / "file")
