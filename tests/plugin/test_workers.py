"""With pytest-xdist: one process asks for all of them, and another one goes on where it dies."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from asking import ask, document
from chatserver import ChatServer
from doubling import GOOD, TASK, WRONG, fenced

from pytest_llmbench.plugin.meeting import Meeting
from pytest_llmbench.plugin.team import Team
from pytest_llmbench.sandbox.tree import children
from pytest_llmbench.storage.stored import Storage

Make = Callable[..., ChatServer]


@pytest.fixture
def three_tasks(suite: Path) -> None:
    """Two more tasks, in folders of their own."""
    for name in ("triple", "fourfold"):
        folder = suite.parent / name
        shutil.copytree(suite, folder)
        (folder / "test_double.py").unlink()
        text = TASK.replace("test_double", f"test_{name}").replace("Double a number", f"{name} a number")
        text = text.replace("in Python.", f"in Python, as if it were {name}.")
        (folder / f"test_{name}.py").write_text(text)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for temporary files, with a path that is short enough for a socket's."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def asked(server: ChatServer) -> Counter[tuple[str, str]]:
    """Count the calls by model and prompt."""
    return Counter((body["model"], str(body["messages"])) for body in server.requests)


@pytest.mark.parametrize("dist", ["load", "loadfile", "worksteal"])
@pytest.mark.usefixtures("three_tasks")
def test_one_process_asks_for_all(
    pytester: pytest.Pytester, make_server: Make, monkeypatch: pytest.MonkeyPatch, place: Path, dist: str
) -> None:
    monkeypatch.setenv("TMPDIR", str(place))
    # No reply comes before five calls are in flight, so they do not wait for the items of their own.
    server = make_server(fenced(GOOD), gate=5)
    args = ("-n", "2", f"--dist={dist}", "--llm-concurrency=5")
    result = ask(pytester, server, *args, models="a,b,c")
    result.assert_outcomes(passed=9)
    assert (server.most_in_flight, len(server.requests)) == (5, 9)
    found = document(pytester)
    assert sorted((r["task"], r["model"]) for r in found["results"]) == sorted(
        (task, model) for task in ("double", "triple", "fourfold") for model in "abc"
    )
    assert found["run"]["sandbox"]
    assert not list(place.glob("llmbench-*"))


def leader(session: int) -> int:
    """Find the worker that holds the lock."""
    for worker in children(session):
        for file in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(OSError):
                if file.readlink().name == "lead.lock":
                    return worker
    raise AssertionError("nobody leads")


@pytest.mark.usefixtures("three_tasks")
def test_the_next_worker_goes_on_where_the_leader_dies(pytester: pytest.Pytester, make_server: Make) -> None:
    killed: list[int] = []

    def reply(_: dict[str, Any]) -> str:
        if len(server.requests) > 6 and not killed:
            killed.append(leader(process.pid))
            os.kill(killed[0], signal.SIGKILL)
        return fenced(GOOD)

    server = make_server(reply)
    command = [sys.executable, "-m", "pytest", "suite", "-n", "2", "--llm-models=a,b,c", "--llm-samples=2"]
    options = [f"--llm-base-url={server.url}", "--llm-concurrency=2", "--llm-json=out.json"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        output, _ = process.communicate(timeout=120)
    assert "1 failed, 8 passed" in output
    assert output.count("crashed while running") >= 1
    # What was in flight when it died is all that is asked again.
    assert killed
    assert 18 <= len(server.requests) <= 18 + 2
    (run,) = Storage.open("sqlite:///.llmbench/llmbench.db", pytester.path).runs()
    assert (run.completed, run.trials) == (18, 18)
    assert len([r for r in document(pytester)["results"] if r["samples"]]) >= 8


@pytest.mark.usefixtures("three_tasks")
def test_the_first_failure_stops_all_workers(pytester: pytest.Pytester, make_server: Make) -> None:
    def reply(_: dict[str, Any]) -> str:
        time.sleep(0.3)
        return fenced(WRONG)

    server = make_server(reply)
    names = ",".join("abcdefghijklmnop")
    result = ask(pytester, server, "-x", "-n", "2", "--llm-concurrency=1", models=names)
    found = result.parseoutcomes()
    assert 1 <= found["failed"] <= 2
    assert "errors" not in found
    assert len(server.requests) < 48
    assert max(asked(server).values()) == 1


def test_plain_tests_share_the_limits(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    for number in (1, 2, 3, 4):
        (suite.parent / f"test_plain_{number}.py").write_text(
            "import pytest\n\n@pytest.mark.asyncio\nasync def test_plain(llm):\n"
            f"    assert 'return' in (await llm.ask('say {number}')).text\n"
        )
    server = make_server(fenced(GOOD))
    result = ask(pytester, server, "-n", "2", "--llm-concurrency=1", "-p", "no:randomly")
    result.assert_outcomes(passed=5)
    assert (server.most_in_flight, len(server.requests)) == (1, 5)


def test_a_process_that_is_gone_leads_no_more(tmp_path: Path) -> None:
    said: list[bool] = []
    first = Team(Meeting(tmp_path), said.append, lambda request: f"first: {request}")
    second = Team(Meeting(tmp_path), said.append, lambda request: f"second: {request}")
    assert (first.ask("a"), second.ask("b"), said) == (None, "first: b", [False])
    assert not first.meeting.alone
    first.close()
    assert (second.ask("c"), said) == (None, [False, True])
    second.dismiss()
    second.close()
