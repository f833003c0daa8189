"""`--llm-samples`, `-temperature`, `-max-tokens`, `-seed`, `-system`: what is asked, and how often."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import document
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]
Give = Callable[..., tuple[str, ...]]


def requests(pytester: pytest.Pytester, server: ChatServer, args: tuple[str, ...]) -> list[dict[str, Any]]:
    """Ask one model, and give what the server has seen."""
    named = ("--llm-models=a", f"--llm-base-url={server.url}", "--llm-json=out.json")
    pytester.runpytest("suite", *named, *args).assert_outcomes(passed=1)
    return server.requests


def test_samples(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    seen = requests(pytester, make_server(fenced(GOOD)), give(samples=2))
    assert len(seen) == 2
    found = document(pytester)
    assert found["run"]["samples"] == 2
    assert [sample["index"] for sample in found["results"][0]["samples"]] == [0, 1]


def test_what_is_sent(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    """All parameters in one run; that none is sent by default is another test's."""
    args = give(samples=2, temperature=0.7, max_tokens=123, seed=41, system="You are a test.")
    seen = requests(pytester, make_server(fenced(GOOD)), args)
    assert {body["temperature"] for body in seen} == {0.7}
    assert {body["max_tokens"] for body in seen} == {123}
    assert sorted(body["seed"] for body in seen) == [41, 42]
    assert {body["messages"][0]["content"] for body in seen} == {"You are a test."}


def test_the_defaults(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    seen = requests(pytester, make_server(fenced(GOOD)), ())
    assert len(seen) == 3
    assert {(body["temperature"], body["max_tokens"]) for body in seen} == {(0.2, 4096)}
    assert not any("seed" in body for body in seen)
    assert {body["messages"][0]["role"] for body in seen} == {"system"}
    assert "senior backend engineer" in seen[0]["messages"][0]["content"]


def test_an_empty_system_message_is_none(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    seen = requests(pytester, make_server(fenced(GOOD)), ("--llm-system=", "--llm-samples=1"))
    assert [message["role"] for message in seen[0]["messages"]] == ["user"]


def test_the_command_line_comes_before_the_file(
    pytester: pytest.Pytester, suite: Path, make_server: Make, write: Callable[[str, str], Path]
) -> None:
    write("llmbench.toml", "samples = 3\ntemperature = 0.9\n")
    write("pyproject.toml", "[tool.llmbench]\nsamples = 4\nseed = 5\n")
    seen = requests(pytester, make_server(fenced(GOOD)), ("--llm-samples=1",))
    assert [(body["temperature"], body.get("seed")) for body in seen] == [(0.9, None)]


def test_reasoning_models_get_more_tokens(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    named = ("--llm-models=deepseek-r1,glm-5", f"--llm-base-url={server.url}", "--llm-samples=1")
    pytester.runpytest("suite", *named).assert_outcomes(passed=2)
    assert {body["model"]: body["max_tokens"] for body in server.requests} == {
        "deepseek-r1": 16384,
        "glm-5": 4096,
    }
    server.requests.clear()
    pytester.runpytest("suite", *named, "--llm-max-tokens=99").assert_outcomes(passed=2)
    assert {body["max_tokens"] for body in server.requests} == {99}
