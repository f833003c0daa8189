"""Providers that fail through a whole run: how often they are asked, what is booked; the rest goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import REFUSED, document, told
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]
Write = Callable[[str, str], Path]

WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


def provider(name: str, url: str, *models: str, more: str = "") -> str:
    """Write a provider's part of the configuration, with models that cost 1 USD a token."""
    listed = "".join(
        f'[models.{model}]\nprovider = "{name}"\nprice_output = 1e6\nprice_input = 0.0\n' for model in models
    )
    return f'[providers.{name}]\nbase_url = "{url}"\n{more}\n{listed}'


def run(pytester: pytest.Pytester, models: str, *args: str) -> pytest.RunResult:
    options = (f"--llm-models={models}", "--llm-json=out.json", "--llm-max-tokens=100", "--llm-budget=1e6")
    return pytester.runpytest("suite", *options, *args)


def samples(pytester: pytest.Pytester) -> dict[str, list[dict[str, Any]]]:
    return {result["model"]: result["samples"] for result in document(pytester)["results"]}


@WORKERS
def test_one_that_is_down_and_one_that_is_mute_end_on_their_own_items(
    pytester: pytest.Pytester, suite: Path, make_server: Make, write: Write, workers: tuple[str, ...]
) -> None:
    over = threading.Event()
    fine, mute = make_server(fenced(GOOD)), make_server(lambda _: str(over.wait(60)))
    down = provider("down", REFUSED, "gone")
    write("llmbench.toml", down + provider("mute", mute.url, "quiet") + provider("fine", fine.url, "good"))
    result = run(pytester, "gone,quiet,good", "--llm-retries=1", "--llm-timeout=0.5", *workers)
    over.set()
    result.assert_outcomes(passed=1, errors=2)
    found = samples(pytester)
    assert {s["status"] for model in ("gone", "quiet") for s in found[model]} == {"api_error"}
    assert [s["status"] for s in found["good"]] == ["scored"] * 3
    assert document(pytester)["run"]["duration_s"] < 15
    assert (len(mute.requests), len(fine.requests)) == (6, 3)
    # Three answers of 20 tokens; each call to the mute one may have been billed at its worst.
    assert "booked: $660.00 of the budget of $1,000,000.00" in told(result)


ACCOUNTS = {
    "401": (401, {"error": {"message": "wrong key"}}),
    "402": (402, {"error": {"message": "no credits"}}),
    "quota": (429, {"error": {"message": "used up", "code": "insufficient_quota"}}),
}
MODELS = {
    "403": (403, {"error": {"message": "not for you"}}),
    "404": (404, {"error": {"message": "no such model"}}),
}


@pytest.mark.parametrize("case", [*ACCOUNTS, *MODELS])
def test_what_will_not_change_is_met_once_and_not_by_each_trial(
    pytester: pytest.Pytester, suite: Path, make_server: Make, write: Write, case: str
) -> None:
    server = make_server(lambda _: {**ACCOUNTS, **MODELS}[case])
    write("llmbench.toml", provider("one", server.url, "a", "b"))
    result = run(pytester, "a,b", "--llm-samples=8", "--llm-concurrency=1")
    result.assert_outcomes(errors=2)
    assert {s["status"] for found in samples(pytester).values() for s in found} == {"api_error"}
    assert sorted(body["model"] for body in server.requests) == (["a"] if case in ACCOUNTS else ["a", "b"])
    assert "booked: $0.00 of the budget" in told(result)


@pytest.mark.parametrize(
    ("limit", "workers"),
    [
        ("requests_per_minute = 600", ()),
        ("requests_per_minute = 600", ("-n", "2")),
        ("tokens_per_minute = 69_000", ()),
    ],
    ids=["requests", "requests, workers", "tokens"],
)
def test_limits_per_minute_are_a_providers_and_spread_its_calls(
    pytester: pytest.Pytester, suite: Path, make_server: Make, write: Write, limit: str,
    workers: tuple[str, ...],
) -> None:  # fmt: skip
    """Ten calls a second, of 100 tokens and a prompt's worth of about 15; a second's worth may go at once."""
    server = make_server(fenced(GOOD))
    write("llmbench.toml", provider("one", server.url, "a", "b", more=limit))
    run(pytester, "a,b", "--llm-samples=8", *workers).assert_outcomes(passed=2)
    first, *_, last = sorted(server.arrived)
    assert len(server.arrived) == 16
    assert 0.35 < last - first < 10
