"""Beside other plugins: their tests run as they did, and ours cost them nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chatserver import ChatServer
from doubling import GOOD, TASK, fenced

Make = Callable[..., ChatServer]

BESIDE_OTHERS = ("-o", "addopts=-p no:randomly")
"""Takes back that the small project is tested without these plugins."""

PLAIN = """
import asyncio
import pytest

@pytest.mark.asyncio
async def test_coroutine():
    await asyncio.sleep(0)

def test_plain(tmp_path):
    assert tmp_path.exists()
"""


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_pytest_asyncio(pytester: pytest.Pytester, suite: Path, mode: str) -> None:
    (suite / "test_plain.py").write_text(PLAIN)
    pytester.runpytest_subprocess("suite", *BESIDE_OTHERS, f"--asyncio-mode={mode}").assert_outcomes(passed=4)


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_anyio(pytester: pytest.Pytester, suite: Path, mode: str) -> None:
    pytester.makeini(
        f"[pytest]\nanyio_mode = {mode}\naddopts = -p no:randomly\n"
        "asyncio_default_fixture_loop_scope = function\n"
    )
    (suite / "test_plain.py").write_text(
        "import anyio, pytest\n@pytest.mark.anyio\nasync def test_coroutine():\n    await anyio.sleep(0)\n"
    )
    args = ["-p", "no:asyncio", "-k", "not trio"]
    result = pytester.runpytest_subprocess("suite", *args)
    assert result.parseoutcomes()["passed"] == 3
    assert "failed" not in result.parseoutcomes()


def test_pytest_timeout_does_not_count_the_waiting_in_line(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server(fenced(GOOD), gate=3)
    result = pytester.runpytest_subprocess(
        "suite", *BESIDE_OTHERS, "--timeout=0.01", "--llm-models=a", f"--llm-base-url={server.url}"
    )
    result.assert_outcomes(passed=1)


def test_pytest_randomly(pytester: pytest.Pytester, suite: Path) -> None:
    (suite / "test_plain.py").write_text(PLAIN)
    pytester.runpytest_subprocess("suite", "-o", "addopts=", "-p", "no:cacheprovider").assert_outcomes(
        passed=4
    )


def test_rerunfailures_reports_again_without_a_new_call(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server("no code")
    result = pytester.runpytest_subprocess(
        "suite", *BESIDE_OTHERS, "--reruns=2", "--llm-models=a", f"--llm-base-url={server.url}"
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*2 rerun*"])
    assert len(server.requests) == 3


def test_tests_without_tasks_load_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys, threading

        HEAVY = ("pydantic", "httpx", "aiohttp", "jinja2", "markdown_it", "pytest_llmbench.plugin.run")

        def test_nothing_heavy():
            assert [name for name in HEAVY if name in sys.modules] == []
            assert [t.name for t in threading.enumerate() if "llmbench" in t.name] == []
        """
    )
    # Other plugins that are installed here load some of these themselves.
    result = pytester.runpytest_subprocess(
        "-p", "no:anyio", "-p", "no:asyncio", "-p", "no:hypothesispytest", "-p", "no:xdist"
    )
    result.assert_outcomes(passed=1)


def test_no_thread_is_left(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    pytester.makeconftest(
        """
        import threading

        def pytest_unconfigure(config):
            ours = [t for t in threading.enumerate() if "llmbench" in t.name]
            for thread in ours:  # the eye on the sandboxes' memory closes 0.05 s after the last of them
                thread.join(1)
            print("left:", [t.name for t in ours if t.is_alive()])
        """
    )
    result = pytester.runpytest_subprocess("suite", "--llm-models=a", f"--llm-base-url={server.url}")
    result.stdout.fnmatch_lines(["left: []"])


def test_warnings_as_errors(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    result = pytester.run(
        sys.executable, "-W", "error", "-m", "pytest", "-W", "error", "suite", "--llm-models=a",
        f"--llm-base-url={server.url}",
    )  # fmt: skip
    result.assert_outcomes(passed=1)


def test_tests_beside_a_task_run_as_ever(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    (suite / "test_double.py").write_text(TASK + PLAIN)
    server = make_server(fenced(GOOD))
    result = pytester.runpytest_subprocess("suite", "--llm-models=a", f"--llm-base-url={server.url}")
    result.assert_outcomes(passed=3)
