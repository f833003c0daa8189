"""A mock server from PyPI (fakellm, on uvicorn), named by `--llm-base-url`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asking import ask, document

Write = Callable[[str, str], Path]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_answers_are_judged(
    pytester: pytest.Pytester, suite: Path, fakellm: str, workers: tuple[str, ...]
) -> None:
    result = ask(pytester, fakellm, *workers, models="senior,junior")
    result.assert_outcomes(passed=1, failed=1)
    found = document(pytester)
    assert [(m["id"], m["rank"]) for m in found["models"]] == [("senior", 1), ("junior", 2)]
    good, wrong = (result["samples"][0] for result in found["results"])
    assert good["total"] >= 9
    assert wrong["total"] < 6.5
    assert good["model_returned"] == "senior"
    assert good["finish_reason"] == "stop"
    assert good["usage"]["output"] is None, "its streams count no tokens"
    assert good["first_token_s"] > 0
    assert good["latency_s"] > 0
    assert good["adapted"] == [], "it takes all that is sent"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("locked", "401 Unauthorized: 'wrong key'; no key was sent"),
        ("busy", "503 Service Unavailable: 'overloaded' (2 attempts)"),
    ],
)
def test_its_errors_are_told_where_it_need_not_stream(
    pytester: pytest.Pytester, suite: Path, write: Write, fakellm: str, model: str, said: str
) -> None:
    """What it should refuse it answers with words of its own, where an answer is asked for as a stream."""
    provider = f'[providers.mock]\ntitle = "Mock"\nbase_url = "{fakellm}"\nstream = false\n'
    write("llmbench.toml", f'{provider}[models.{model}]\nprovider = "mock"\n')
    result = pytester.runpytest_subprocess("suite", f"--llm-models={model}", "--llm-retries=1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*api_error: Mock ({fakellm}) answered {said}"])


@pytest.mark.slow
def test_its_page_is_no_api(pytester: pytest.Pytester, suite: Path, fakellm: str) -> None:
    result = ask(pytester, fakellm.replace("/v1", "/_fakellm"))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*api_error: */_fakellm answered 404 Not Found: 'Not Found'; asked for *"])
