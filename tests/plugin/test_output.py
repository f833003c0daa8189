"""Bodies run in another thread, side by side: what each one prints, logs and asserts goes to its own item."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]

LOUD = """\
import asyncio, logging, sys
from pytest_llmbench import llm_task


@llm_task(title="Double", language="python", prompt="Write double(number) in Python.")
async def test_double(candidate, score):
    who = candidate.completion.model_returned if candidate.completion else "solution"
    print("printed for", who)
    await asyncio.sleep(0.05)
    print("again for", who)
    print("to stderr for", who, file=sys.stderr)
    logging.getLogger("mine").warning("logged for %s", who)
    with score.correctness("doubles a list"):
        assert await candidate.call("double", [1, 2, 3]) == [1, 2, 3, 1, 2, 4]
"""


def test_output_goes_to_its_own_item(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    (suite / "test_double.py").write_text(LOUD)
    (suite / "solutions" / "faulty_plus.py").unlink()
    (suite / "solutions" / "reference.py").unlink()
    (suite.parent / "a_first").mkdir()
    (suite.parent / "a_first" / "test_first.py").write_text(
        "import time\n\ndef test_first():\n    time.sleep(1)\n    print('mine')\n    assert False\n"
    )
    server = make_server(fenced(GOOD.replace("number: int", "number: list[int]")))
    result = pytester.runpytest_subprocess(
        "suite", "--llm-models=a,b", "--llm-samples=1", f"--llm-base-url={server.url}", "--tb=short"
    )
    result.assert_outcomes(failed=3)
    first, a, b = (part for part in result.stdout.str().split("____ ")[1:])
    assert "mine" in first
    assert "printed for" not in first
    assert "logged for" not in first
    for name, other, text in (("a", "b", a), ("b", "a", b)):
        for kind in ("printed", "again", "to stderr", "logged"):
            assert f"{kind} for {name}" in text
            assert f"{kind} for {other}" not in text


def test_assertions_are_explained(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    (suite / "test_double.py").write_text(LOUD)
    (suite / "solutions" / "faulty_plus.py").unlink()
    (suite / "solutions" / "reference.py").unlink()
    server = make_server(fenced(GOOD.replace("number: int", "number: list[int]")))
    result = pytester.runpytest_subprocess(
        "suite", "--llm-models=a", "--llm-samples=1", f"--llm-base-url={server.url}"
    )
    result.stdout.fnmatch_lines(
        [
            "correctness: doubles a list (1 of 1 samples)",
            "*assert [[]1, 2, 3, 1, 2, 3] == [[]1, 2, 3, 1, 2, 4]",
            "*At index 5 diff: 3 != 4*",
        ]
    )


def test_a_body_that_exits_does_not_end_the_run(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    path = suite / "test_double.py"
    text = path.read_text().replace(
        '    with score.edge_case("doubles zero")', '    raise SystemExit(3)\n    with score.edge_case("x")'
    )
    path.write_text(text)
    for solution in (suite / "solutions").iterdir():
        solution.unlink()
    server = make_server(fenced(GOOD))
    result = pytester.runpytest_subprocess("suite", "--llm-models=a", f"--llm-base-url={server.url}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*task_error: *test_double.py:*: SystemExit: 3*"])


def test_a_body_may_skip(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    path = suite / "test_double.py"
    path.write_text(
        "import pytest\n" + path.read_text().replace("    with", "    pytest.skip('not today')\n    with", 1)
    )
    for solution in (suite / "solutions").iterdir():
        solution.unlink()
    server = make_server(fenced(GOOD))
    result = pytester.runpytest_subprocess("-rs", "suite", "--llm-models=a", f"--llm-base-url={server.url}")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*not today*"])


def test_a_failed_raises_fails_its_check(pytester: pytest.Pytester, suite: Path) -> None:
    path = suite / "test_double.py"
    text = path.read_text().replace(
        "from pytest_llmbench import llm_task",
        "import pytest\nfrom pytest_llmbench import CandidateError, llm_task",
    )
    text = text.replace(
        '        assert await candidate.call("double", 0) == 0',
        '        with pytest.raises(CandidateError):\n            await candidate.call("double", 0)',
    )
    path.write_text(text)
    result = pytester.runpytest_subprocess("suite", "-k", "reference")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*doubles zero: DID NOT RAISE*CandidateError*"])
