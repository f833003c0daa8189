"""`--llm-budget` and `--llm-budget-unknown`: no call is made that could cost more than is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import document, told
from chatserver import ChatServer, completion
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]
Give = Callable[..., tuple[str, ...]]

PRICED = """
[tool.llmbench.providers.here]
base_url = "{url}"
concurrency = 1
[tool.llmbench.models.dear]
provider = "here"
price_output = 1000.0
[tool.llmbench.models.free]
provider = "here"
"""


def run(pytester: pytest.Pytester, *args: str, models: str = "dear") -> pytest.RunResult:
    return pytester.runpytest("suite", f"--llm-models={models}", "--llm-json=out.json", *args)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_what_does_not_fit_is_not_asked(
    pytester: pytest.Pytester,
    suite: Path,
    make_server: Make,
    write: Callable[[str, str], Path],
    workers: tuple[str, ...],
) -> None:
    """An answer of 1000 tokens costs 1 USD, and may cost 1 USD and a prompt's worth: two of them fit."""
    usage = {"prompt_tokens": 0, "completion_tokens": 1000, "total_tokens": 1000}
    server = make_server(lambda body: (200, completion(body["model"], fenced(GOOD), usage=usage)))
    write("pyproject.toml", PRICED.format(url=server.url))
    result = run(pytester, "--llm-budget=3", "--llm-max-tokens=1000", "--llm-samples=5", *workers)
    result.assert_outcomes(errors=1)
    assert len(server.requests) == 2
    (found,) = document(pytester)["results"]
    assert sorted(sample["status"] for sample in found["samples"]) == ["scored"] * 2 + ["skipped_budget"] * 3
    text = told(result)
    assert "booked: $2.00 of the budget of $3.00" in text
    assert "skipped_budget: not asked: it may cost $1." in text


def test_a_provider_that_bills_more_is_shown(
    pytester: pytest.Pytester, suite: Path, make_server: Make, write: Callable[[str, str], Path]
) -> None:
    usage = {"prompt_tokens": 0, "completion_tokens": 5000, "total_tokens": 5000}
    server = make_server(lambda body: (200, completion(body["model"], fenced(GOOD), usage=usage)))
    write("pyproject.toml", PRICED.format(url=server.url))
    result = run(pytester, "--llm-budget=3", "--llm-max-tokens=1000", "--llm-samples=2")
    assert len(server.requests) == 1
    text = told(result)
    assert "booked: $5.00 of the budget of $3.00" in text
    assert "billed beyond what was asked for: $3." in text


def test_a_model_of_unknown_price(
    pytester: pytest.Pytester, suite: Path, make_server: Make, write: Callable[[str, str], Path]
) -> None:
    server: Any = make_server(fenced(GOOD))
    write("pyproject.toml", PRICED.format(url=server.url))
    result = run(pytester, "--llm-budget=3", models="free")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --llm-budget: the output price of free is not known" in told(result)
    assert server.requests == []
    args = ("--llm-budget=0", "--llm-budget-unknown=allow", "--llm-samples=1")
    run(pytester, *args, models="free").assert_outcomes(passed=1)
    assert "only 'allow'" in told(run(pytester, "--llm-budget-unknown=yes"))
