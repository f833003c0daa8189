"""`--llm-base-url`, `-api-key-env`, `-concurrency`, `-timeout`, `-retries`: who is asked, how patiently."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]
Give = Callable[..., tuple[str, ...]]


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest("suite", "--llm-models=a,b", *args)


def test_base_url_and_key(
    pytester: pytest.Pytester,
    suite: Path,
    make_server: Make,
    give: Give,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_OWN", "sk-mine")
    monkeypatch.setenv("GLOBAL_API_KEY", "sk-registry")
    server = make_server(fenced(GOOD))
    args = give(base_url=f"{server.url}/chat/completions/", api_key_env="MY_OWN", samples=1)
    run(pytester, *args).assert_outcomes(passed=2)
    assert {body["model"] for body in server.requests} == {"a", "b"}
    assert {headers["authorization"] for headers in server.headers} == {"Bearer sk-mine"}


def test_concurrency(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    args = give(concurrency=2)
    server = make_server(fenced(GOOD), gate=2)
    run(pytester, f"--llm-base-url={server.url}", *args).assert_outcomes(passed=2)
    assert len(server.requests) == 6
    assert server.most_in_flight == 2


def test_concurrency_of_one(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    run(pytester, f"--llm-base-url={server.url}", "--llm-concurrency=1").assert_outcomes(passed=2)
    assert (len(server.requests), server.most_in_flight) == (6, 1)


def test_timeout(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    over = threading.Event()
    server = make_server(lambda body: fenced(GOOD) if body["model"] == "a" else str(over.wait(30)))
    result = run(pytester, f"--llm-base-url={server.url}", *give(timeout=0.5, retries=0, samples=1))
    over.set()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"*api_error: {server.url} was silent for 0.5 s"])


def test_retries(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    server = make_server(lambda _: (503, {"error": {"message": "busy"}}))
    result = run(pytester, f"--llm-base-url={server.url}", "-k", "a", *give(retries=1, samples=1))
    assert result.parseoutcomes()["errors"] >= 1
    result.stdout.fnmatch_lines(["*answered 503 Service Unavailable: 'busy' (2 attempts)"])
    assert [body["model"] for body in server.requests].count("a") == 2


def test_a_call_that_fails_once_is_made_again(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    replies = iter([(503, {"error": {"message": "busy"}}), fenced(GOOD), fenced(GOOD)])
    server = make_server(lambda _: next(replies))
    result = run(pytester, f"--llm-base-url={server.url}", "--llm-samples=1", "--llm-concurrency=1")
    result.assert_outcomes(passed=2)
    assert len(server.requests) == 3
