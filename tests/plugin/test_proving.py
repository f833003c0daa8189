"""Without a model: every task judges its own solutions."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubling import FAULTY, GOOD, TASK


def test_solutions_that_hold_pass(pytester: pytest.Pytester, suite: Path) -> None:
    result = pytester.runpytest("-v", "suite")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "*test_double.py::test_double?reference? PASSED*",
            "*test_double.py::test_double?faulty_plus? PASSED*",
        ]
    )
    assert not list(pytester.path.glob("*.html")), "no model was asked, so there is nothing to report"


def test_a_broken_reference_fails_and_says_which_check(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "solutions" / "reference.py").write_text(GOOD.replace("2 * number", "number * number"))
    result = pytester.runpytest("suite", "-k", "reference")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "*reference.py",
            "reference solution reference of task double: correctness is 5.5, a reference needs 9:",
            "  doubles seven: assert 49 == 14",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_a_check_that_is_wrong_about_the_reference_fails(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "test_double.py").write_text(TASK.replace("== 14", "== 15"))
    result = pytester.runpytest("suite")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["  doubles seven: assert 14 == 15"])


def test_a_faulty_solution_that_passes_its_check_fails(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "solutions" / "faulty_plus.py").write_text(FAULTY.replace("doubles seven", "doubles two"))
    result = pytester.runpytest("suite")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        ["faulty solution faulty_plus of task double: is not caught: it passes 'doubles two'. *seven*"]
    )


def test_a_faulty_solution_may_name_an_axis(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "solutions" / "faulty_plus.py").write_text(FAULTY.replace("doubles seven", "correctness"))
    pytester.runpytest("suite").assert_outcomes(passed=2)


def test_a_faulty_solution_that_names_nothing_known_fails(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "solutions" / "faulty_plus.py").write_text(FAULTY.replace("doubles seven", "doubles ten"))
    result = pytester.runpytest("suite")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        ["*names 'doubles ten', but no check and no axis is called that; there are: *"]
    )


def test_a_faulty_solution_that_does_not_say_what_catches_it(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "solutions" / "faulty_plus.py").write_text(GOOD)
    result = pytester.runpytest("suite")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*faulty_plus.py:1: the first line of a faulty solution says what has to*"])


def test_a_task_without_solutions_is_skipped_and_says_so(pytester: pytest.Pytester, suite: Path) -> None:
    for path in (suite / "solutions").iterdir():
        path.unlink()
    result = pytester.runpytest("-rs", "suite")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*no solutions: put reference*"])


def test_a_bug_in_a_check_is_an_error_of_the_task(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "test_double.py").write_text(
        TASK.replace('await candidate.call("double", 7) ==', '(await candidate.call("double", 7))["x"] ==')
    )
    result = pytester.runpytest("suite", "-k", "reference")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*could not be judged: *test_double.py:9: TypeError: 'int' object is not*"])


def test_an_inner_loop_of_one_solution(pytester: pytest.Pytester, suite: Path) -> None:
    result = pytester.runpytest("-v", "suite", "-k", "faulty")
    result.assert_outcomes(passed=1, deselected=1)


def test_two_checks_of_one_name_are_refused(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "test_double.py").write_text(TASK.replace("doubles zero", "doubles two"))
    result = pytester.runpytest("suite", "-k", "reference")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*two checks are called 'doubles two'*"])
