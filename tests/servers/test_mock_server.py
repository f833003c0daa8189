"""A mock server from PyPI (fakellm, on uvicorn), named by `--llm-base-url`."""

from __future__ import annotations

from pathlib import Path

import pytest
from asking import ask, document


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
    assert good["usage"]["output"] > 10
    assert good["latency_s"] > 0
    assert good["adapted"] == [], "it takes all that is sent"


@pytest.mark.slow
def test_its_errors_are_told(pytester: pytest.Pytester, suite: Path, fakellm: str) -> None:
    result = ask(pytester, fakellm, "--llm-retries=1", models="senior,locked,busy")
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines_random(
        [
            f"*api_error: {fakellm} answered 401 Unauthorized: 'wrong key'; no key was sent",
            f"*api_error: {fakellm} answered 503 Service Unavailable: 'overloaded' (2 attempts)",
        ]
    )


@pytest.mark.slow
def test_its_page_is_no_api(pytester: pytest.Pytester, suite: Path, fakellm: str) -> None:
    result = ask(pytester, fakellm.replace("/v1", "/_fakellm"))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*api_error: */_fakellm answered 404 Not Found: 'Not Found'; asked for *"])
