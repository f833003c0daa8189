"""`--llm-lint`: what a proof does not show is told, with what to do next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from doubling import FAULTY, GOOD, TASK, WRONG

ZERO = "# caught by: doubles zero\n" + GOOD.replace("2 * number", "2 * number or 1")
PLUS_ONE = "# caught by: doubles two\n" + GOOD.replace("2 * number", "2 * number if number - 2 else 5")


@pytest.fixture
def whole(suite: Path) -> Path:
    """A suite with a faulty solution for each check."""
    (suite / "solutions" / "faulty_zero.py").write_text(ZERO)
    (suite / "solutions" / "faulty_two.py").write_text(PLUS_ONE)
    return suite


def lint(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest("suite", "--llm-lint", *args)


def test_a_task_without_weak_points_passes(pytester: pytest.Pytester, whole: Path) -> None:
    result = lint(pytester, "-v")
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["*::test_double?lint? PASSED*"])


def test_it_is_only_there_when_it_is_asked_for(pytester: pytest.Pytester, whole: Path) -> None:
    pytester.runpytest("suite").assert_outcomes(passed=4)


@pytest.mark.parametrize("processes", [(), ("-n2",)])
def test_checks_that_nothing_fails(
    pytester: pytest.Pytester, suite: Path, processes: tuple[str, ...]
) -> None:
    result = lint(pytester, *processes)
    result.assert_outcomes(passed=2, failed=1)
    says = result.stdout.str()
    assert "task double has 1 weak point:" in says
    assert (
        "  no faulty solution fails the check 'doubles two', so nothing shows that it can fail: add a"
        " solutions/faulty_*.py that begins with '# caught by: doubles two', or take the check out" in says
    )
    assert "Traceback" not in says


def test_a_faulty_solution_that_fails_everything(pytester: pytest.Pytester, whole: Path) -> None:
    (whole / "solutions" / "faulty_plus.py").write_text(FAULTY.replace("number + 2", "1 / 0"))
    result = lint(pytester)
    result.assert_outcomes(passed=4, failed=1)
    assert "  faulty_plus fails every check, so it does not show" in result.stdout.str()


def test_a_prompt_that_gives_the_answer_away(pytester: pytest.Pytester, whole: Path) -> None:
    (whole / "test_double.py").write_text(
        TASK.replace("in Python.", "in Python: double(12345) gives 24690.")
        .replace("7) == 14", "12345) == 24690")
    )  # fmt: skip
    result = lint(pytester, "-k", "lint")
    result.assert_outcomes(failed=1, deselected=4)
    result.stdout.fnmatch_lines(
        ["*test_double.py:9: the prompt shows the expected value 24690, which an answer could simply*"]
    )


def test_limits_that_are_close(pytester: pytest.Pytester, whole: Path) -> None:
    (whole / "test_double.py").write_text(TASK.replace('python", ', 'python", call_timeout_s=1.5, cpu_s=2, '))
    (whole / "solutions" / "reference.py").write_text(
        GOOD.replace('"""Doubling', '"""Doubling', 1)
        .replace("\n\ndef", "\nimport time\n\n\ndef", 1)
        .replace("    return", "    time.sleep(0.9)\n    return")
    )
    result = lint(pytester, "-k", "lint")
    result.assert_outcomes(failed=1, deselected=4)
    says = result.stdout.str()
    took = r"took (0\.9|1\.\d) s of the 1\.5 s that a call may take \(call_timeout_s, or"
    assert re.search(f"reference: 'double' {took}", says)
    assert re.search(
        r"reference: its calls took \d\.\d s of the 2 CPU seconds that one process may use \(cpu_s\): raise",
        says,
    )


def test_no_reference_holds(pytester: pytest.Pytester, whole: Path) -> None:
    (whole / "solutions" / "reference.py").write_text(WRONG)
    result = lint(pytester, "-k", "lint")
    result.assert_outcomes(failed=1, deselected=4)
    result.stdout.fnmatch_lines(
        [
            "*its checks are not known while no reference holds: mend that first",
            "*doubles seven: assert 9 == 14*",
        ]
    )


def test_no_solutions(pytester: pytest.Pytester, suite: Path) -> None:
    for path in (suite / "solutions").iterdir():
        path.unlink()
    result = lint(pytester)
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*there is no reference: put reference*.** and faulty_*.** into *solutions"])


def test_it_asks_no_model(pytester: pytest.Pytester, whole: Path) -> None:
    result = lint(pytester, "--llm-models=glm-5", "--llm-base-url=http://127.0.0.1:1/v1")
    assert result.ret == 4
    result.stderr.fnmatch_lines(
        ["ERROR: --llm-lint looks at tasks and asks no model: leave out --llm-models"]
    )
