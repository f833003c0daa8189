"""`--llm-weights`: what the axes count for in the total."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asking import document
from chatserver import ChatServer
from doubling import fenced

Make = Callable[..., ChatServer]
Give = Callable[..., tuple[str, ...]]


def test_they_weigh_the_mean(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    server = make_server(fenced("def double(number):\n    return 2 * number\n"))
    args = give(weights="quality=2, documentation=0", samples=1, pass_mark=0)
    named = ("--llm-models=a", f"--llm-base-url={server.url}", "--llm-json=out.json")
    pytester.runpytest("suite", *named, *args).assert_outcomes(passed=1)
    found = document(pytester)
    weights = {"correctness": 1.0, "quality": 2.0, "documentation": 0.0, "edge_cases": 1.0}
    assert found["run"]["weights"] == weights
    sample = found["results"][0]["samples"][0]
    known = {axis: score for axis, score in sample["axes"].items() if score is not None}
    mean = sum(weights[a] * s for a, s in known.items()) / sum(weights[a] for a in known)
    assert sample["total"] == pytest.approx(min(mean, known["correctness"]), abs=0.01)
    assert sample["axes"]["documentation"] < sample["axes"]["quality"] < sample["axes"]["edge_cases"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("style=2", "AXIS one of correctness, quality, documentation, edge_cases"),
        ("quality", "a number of at least 0 is needed"),
        ("quality=-1", "a number of at least 0 is needed"),
        ("correctness=0,quality=0,documentation=0,edge_cases=0", "one axis at least"),
    ],
)
def test_what_is_none_is_told(pytester: pytest.Pytester, suite: Path, text: str, said: str) -> None:
    result = pytester.runpytest("suite", f"--llm-weights={text}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in " ".join(result.stderr.lines)
