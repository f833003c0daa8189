"""`--llm-resume`: what was paid for is used, what is missing is asked, whatever ended the run before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import document, told
from chatserver import ChatServer
from doubling import GOOD, WRONG, fenced
from kept import info

from pytest_llmbench.storage.claim import Claim
from pytest_llmbench.storage.stored import Storage, StoredRun

Make = Callable[..., ChatServer]
KEPT = "sqlite:///.llmbench/llmbench.db"
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


def arguments(server: ChatServer, *args: str) -> tuple[str, ...]:
    return (
        *("suite", "--llm-models=a,b", f"--llm-base-url={server.url}", "--llm-json=out.json"),
        *("--llm-pass-mark=0", "-p", "no:randomly", *args),
    )


def runs(pytester: pytest.Pytester) -> list[StoredRun]:
    return Storage.open(KEPT, pytester.path, make=False).runs()


def asked(server: ChatServer) -> int:
    return len(server.requests)


@pytest.mark.slow
@WORKERS
def test_what_failed_is_asked_again_and_nothing_else(
    pytester: pytest.Pytester, suite: Path, make_server: Make, workers: tuple[str, ...]
) -> None:
    down = True

    def reply(body: dict[str, Any]) -> Any:
        if body["model"] == "b" and down:
            return 503, {"error": {"message": "busy"}}
        return fenced(GOOD)

    server = make_server(reply)
    first = pytester.runpytest(*arguments(server, "--llm-retries=0", *workers))
    first.assert_outcomes(passed=1, errors=1)
    answered, down = 3, False
    before = asked(server)
    second = pytester.runpytest(*arguments(server, "--llm-resume", *workers))
    second.assert_outcomes(passed=2)
    assert asked(server) - before == 6 - answered
    assert {body["model"] for body in server.requests[before:]} == {"b"}
    (run,) = runs(pytester)
    assert (run.status, run.completed, run.trials) == ("finished", 6, 6)
    assert document(pytester)["run"]["id"] == run.id


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell's job in the background ignores Ctrl-C, and so would the run that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_by_a_signal(
    pytester: pytest.Pytester, suite: Path, make_server: Make, number: signal.Signals
) -> None:
    slow = True

    def reply(body: dict[str, Any]) -> str:
        if body["model"] == "b" and slow:
            time.sleep(20)
        return fenced(GOOD if body["model"] == "a" else WRONG)

    server = make_server(reply)
    command = [sys.executable, "-m", "pytest", *arguments(server)]
    process = subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.PIPE, text=True)
    database = pytester.path / ".llmbench" / "llmbench.db"
    deadline = time.monotonic() + 60
    while not (database.exists() and runs(pytester) and runs(pytester)[0].completed == 3):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [run.status for run in runs(pytester)] == ["running"]
    os.kill(process.pid, number)
    output, _ = process.communicate(timeout=30)
    (run,) = runs(pytester)
    if number == signal.SIGKILL:
        assert run.status == "broken off"
    else:
        assert process.returncode == pytest.ExitCode.INTERRUPTED
        assert run.status == "interrupted"
        assert "3 of 6 answers are kept; to go on: pytest suite --llm-models=a,b" in output
        assert " --llm-resume\n" in output
    slow = False
    before = asked(server)
    result = pytester.runpytest(*arguments(server, "--llm-resume"))
    result.assert_outcomes(passed=2)
    assert {body["model"] for body in server.requests[before:]} == {"b"}
    assert asked(server) - before == 3
    (run,) = runs(pytester)
    assert (run.status, run.completed) == ("finished", 6)
    scores = [model["score"] for model in document(pytester)["models"]]
    assert scores[0] > 9 > scores[1]


def test_a_run_about_something_else_is_not_gone_on_with(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server(fenced(GOOD))
    result = pytester.runpytest(*arguments(server, "--llm-resume"))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --llm-resume: no run is kept in " in told(result)
    pytester.runpytest(*arguments(server, "--llm-samples=1"))
    before = asked(server)
    for workers in ((), ("-n", "2")):
        result = pytester.runpytest(*arguments(server, "--llm-resume", "--llm-temperature=1", *workers))
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert "--llm-resume: the latest run, " in told(result)
        assert "has asked nothing of this" in told(result)
    assert asked(server) == before
    result = pytester.runpytest("suite", "--llm-resume")
    assert "ERROR: --llm-resume needs --llm-models" in told(result)


def test_a_run_that_is_under_way_is_left_alone(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server(fenced(GOOD))
    pytester.runpytest(*arguments(server, "--llm-samples=1"))
    storage = Storage.open(KEPT, pytester.path)
    claim = Claim(storage.database.path, runs(pytester)[0].id)
    result = pytester.runpytest(*arguments(server, "--llm-resume", "--llm-samples=1"))
    claim.release()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "is still under way in another process" in told(result)
    assert sorted(path.name for path in storage.database.path.parent.glob("*.lock")) == []


def test_a_run_that_was_killed_before_it_asked_anything(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    Storage.open(KEPT, pytester.path).begin(info()).close()
    result = pytester.runpytest(*arguments(make_server(fenced(GOOD)), "--llm-resume", "--llm-samples=1"))
    result.assert_outcomes(passed=2)
    (run,) = runs(pytester)
    assert (run.id, run.status, run.completed) == (info().id, "finished", 2)
