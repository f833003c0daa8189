"""Servers that are not there, or are something else: an error of the item, never the model's failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import REFUSED, ask, document, told
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]

PAGE = b"<!doctype html><html><head><title>Welcome</title></head><body>Sign in</body></html>"
NO_PATH = {"type": "error", "error": {"type": "not_found_error", "message": "Not found"}}
OTHER_API = {"id": "m1", "type": "message", "content": [{"type": "text", "text": "def double(): ..."}]}


def check(pytester: pytest.Pytester, result: pytest.RunResult, said: str) -> None:
    """Hold a run against what has to follow: an error that is told in one line, and no score."""
    result.assert_outcomes(errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"1 of 1 samples not judged: api_error: {said}"])
    told(result)
    (model,) = document(pytester)["models"]
    assert (model["score"], model["rank"], model["errors"]) == (None, None, 1)
    (sample,) = document(pytester)["results"][0]["samples"]
    assert sample["status"] == "api_error"
    assert sample["total"] is None


@pytest.mark.parametrize("args", [(), ("-n", "2")], ids=["alone", "workers"])
def test_it_refuses_the_connection(pytester: pytest.Pytester, suite: Path, args: tuple[str, ...]) -> None:
    result = ask(pytester, REFUSED, "--llm-retries=0", *args)
    check(pytester, result, "http://127.0.0.1:9/v1 refused the connection; is it running?")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((200, PAGE), "* is not an OpenAI-compatible API: it answered with an HTML page: 'Welcome Sign in'"),
        ((404, NO_PATH), "* answered 404 Not Found: 'Not found'; asked for model 'a' at */chat/completions"),
        ((200, OTHER_API), "* is not an OpenAI-compatible API: the answer has no 'choices', *"),
        ((200, b"ok"), "* answered * not JSON*"),
        ((405, {"detail": "Method Not Allowed"}), "* answered 405 Method Not Allowed: 'Method Not Allowed'"),
        ((401, {"error": {"message": "no key"}}), "* answered 401 Unauthorized: 'no key'; no key was sent"),
        (
            (404, {"error": {"message": "There is no model `a`", "code": "model_not_found"}}),
            "* answered 404 Not Found: 'There is no model `a`'; asked for model 'a' at */chat/completions",
        ),
    ],
    ids=["web page", "no such path", "another API", "no JSON", "method", "401", "no such model"],
)  # fmt: skip
def test_it_says_something_else(
    pytester: pytest.Pytester, suite: Path, make_server: Make, reply: tuple[int, Any], said: str
) -> None:
    server = make_server(lambda _: reply)
    result = ask(pytester, server)
    check(pytester, result, said)
    assert len(server.requests) == 1, "another attempt could not do better"


def test_a_key_that_is_refused_is_named_and_not_shown(
    pytester: pytest.Pytester, suite: Path, make_server: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret-0123456789")
    server = make_server(lambda _: (401, {"error": {"message": "wrong key: sk-very-secret-0123456789"}}))
    result = ask(pytester, server, "--llm-api-key-env=MY_KEY")
    check(pytester, result, "* answered 401 Unauthorized: 'wrong key: *'; the key comes from MY_KEY")
    assert server.headers[0]["authorization"] == "Bearer sk-very-secret-0123456789"
    written = [(pytester.path / name).read_text() for name in ("out.json", "llmbench-report.html")]
    assert not any("sk-very-secret" in text for text in [told(result), *written])


def test_one_model_that_is_unknown_there_leaves_the_others_alone(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    absent = (404, {"error": {"message": "model 'b' not found"}})
    server = make_server(lambda body: fenced(GOOD) if body["model"] == "a" else absent)
    result = ask(pytester, server, models="a,b")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*'model 'b' not found'; asked for model 'b' at *"])
    assert {m["id"]: m["rank"] for m in document(pytester)["models"]} == {"a": 1, "b": None}
