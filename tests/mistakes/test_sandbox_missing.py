"""A machine on which no sandbox works: the run stops before the first call, unless told otherwise.

The machine is a real one: root without the capabilities to make namespaces and to become somebody else.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from asking import document, told
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can give up capabilities, with setpriv",
)


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """Run pytest without the capabilities."""
    return pytester.run(
        "setpriv", "--bounding-set=-sys_admin,-setuid,-setgid", sys.executable, "-m", "pytest", "suite", *args
    )


def asking(server: ChatServer) -> tuple[str, ...]:
    return ("--llm-models=a", f"--llm-base-url={server.url}", "--llm-samples=1", "--llm-json=out.json")


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
@pytest.mark.parametrize("proving", [True, False], ids=["proving", "asking"])
def test_the_run_stops(
    pytester: pytest.Pytester, suite: Path, make_server: Make, workers: tuple[str, ...], proving: bool
) -> None:
    server = make_server(fenced(GOOD))
    result = run(pytester, *workers, *(() if proving else asking(server)))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.parseoutcomes().get("passed", 0) == 0
    text = told(result)
    assert text.count("ERROR: no sandbox for model code works on this machine:\n") == 1
    assert "bubblewrap-root (/" in text
    assert "  landlock: " in text
    assert "Creating new namespace failed: Operation not permitted" in text
    assert "  Do: this is a container that forbids namespaces" in text
    assert "--llm-allow-unsafe runs the models' code without isolation" in text
    assert server.requests == []


def test_told_otherwise_it_runs_and_says_so(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server(fenced(GOOD))
    result = run(pytester, *asking(server), "--llm-allow-unsafe")
    result.assert_outcomes(passed=1)
    assert result.ret == 0
    level = document(pytester)["run"]["sandbox"]
    assert level == "none"
    assert f"sandbox {level}" in told(result)
