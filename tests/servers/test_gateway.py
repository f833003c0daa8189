"""A gateway from npm (Portkey's), between the client and a server: headers, key, errors, what is adapted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import ask, document
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]
Write = Callable[[str, str], Path]

REFUSAL = {
    "error": {
        "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
        "type": "invalid_request_error",
        "param": "max_tokens",
        "code": "unsupported_parameter",
    }
}


def configured(write: Write, gateway: str, upstream: ChatServer) -> None:
    """Declare the gateway. On Node 24 it cannot pass a stream on: it answers 500."""
    write(
        "llmbench.toml",
        f"""\
        [providers.gateway]
        title = "Gateway"
        base_url = "{gateway}"
        api_key_env = "UPSTREAM_KEY"
        stream = false
        headers = {{ x-portkey-provider = "openai", x-portkey-custom-host = "{upstream.url}" }}

        [models.m]
        provider = "gateway"
        name = "some/model"
        extra_body = {{ top_p = 0.9 }}
        """,
    )


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(
        "suite", "--llm-models=m", "--llm-samples=2", "--llm-json=out.json", *args
    )


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("UPSTREAM_KEY", "sk-upstream-0123456789")
    return "sk-upstream-0123456789"


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_request_goes_through_and_its_answer_comes_back(
    pytester: pytest.Pytester, suite: Path, write: Write, gateway: str, make_server: Make, key: str,
    workers: tuple[str, ...],
) -> None:  # fmt: skip
    upstream = make_server(fenced(GOOD))
    configured(write, gateway, upstream)
    run(pytester, *workers).assert_outcomes(passed=1)
    assert len(upstream.requests) == 2
    assert {headers["authorization"] for headers in upstream.headers} == {f"Bearer {key}"}
    first = upstream.requests[0]
    assert (first["model"], first["temperature"], first["top_p"]) == ("some/model", 0.2, 0.9)
    assert [message["role"] for message in first["messages"]] == ["system", "user"]
    sample = document(pytester)["results"][0]["samples"][0]
    assert sample["total"] >= 9
    assert sample["model_returned"] == "some/model"
    assert sample["usage"] == {"input": 10, "output": 20, "reasoning": None, "cached": None}
    assert sample["adapted"] == []


@pytest.mark.slow
def test_what_the_server_behind_it_refuses_is_adapted(
    pytester: pytest.Pytester, suite: Path, write: Write, gateway: str, make_server: Make, key: str
) -> None:
    def reply(body: dict[str, Any]) -> Any:
        return (400, REFUSAL) if "max_tokens" in body else fenced(GOOD)

    upstream = make_server(reply)
    configured(write, gateway, upstream)
    run(pytester, "--llm-concurrency=1").assert_outcomes(passed=1)
    limits = [(body.get("max_tokens"), body.get("max_completion_tokens")) for body in upstream.requests]
    assert limits.count((None, 4096)) == 2
    assert set(limits) == {(4096, None), (None, 4096)}
    samples = document(pytester)["results"][0]["samples"]
    adapted = "max_completion_tokens sent instead of max_tokens"
    assert [sample["adapted"] for sample in samples] == [[adapted]] * 2
    assert adapted in (pytester.path / "llmbench-report.html").read_text()


@pytest.mark.slow
def test_the_server_s_own_words_come_through(
    pytester: pytest.Pytester, suite: Path, write: Write, gateway: str, make_server: Make, key: str
) -> None:
    said = {"error": {"message": f"Incorrect API key provided: {key}", "code": "invalid_api_key"}}
    configured(write, gateway, make_server(lambda _: (401, said)))
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*Gateway (*) answered 401 Unauthorized: *Incorrect API key provided: *UPSTREAM_KEY"]
    )
    assert key not in result.stdout.str() + (pytester.path / "out.json").read_text()


@pytest.mark.slow
def test_without_its_headers_it_says_what_is_missing(
    pytester: pytest.Pytester, suite: Path, gateway: str
) -> None:
    result = ask(pytester, gateway)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*api_error: {gateway} answered 400 Bad Request: *x-portkey-*"])
