"""`--llm-caps`, `--llm-costs`: what findings cost in a suite that sees it otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import document, html
from chatserver import ChatServer
from doubling import fenced

Make = Callable[..., ChatServer]
Give = Callable[..., tuple[str, ...]]

BARE = "import os\nfrom typing import List\n\n\ndef double(number):\n    return 2 * number\n"


def ask(pytester: pytest.Pytester, server: ChatServer, *args: str) -> dict[str, Any]:
    named = ("--llm-models=a", f"--llm-base-url={server.url}", "--llm-samples=1", "--llm-pass-mark=0")
    pytester.runpytest("suite", *named, "--llm-json=out.json", *args).assert_outcomes(passed=1)
    return document(pytester)


def lost(found: dict[str, Any]) -> dict[str, float]:
    """What each rule of quality cost."""
    (sample,) = found["results"][0]["samples"]
    lost: dict[str, float] = {}
    for finding in sample["findings"]:
        if finding["axis"] == "quality":
            lost[finding["rule"]] = round(lost.get(finding["rule"], 0.0) - finding["points"], 2)
    assert sample["axes"]["quality"] == pytest.approx(10 - sum(lost.values()), abs=0.01)
    return lost


def test_they_bound_and_price_the_findings(
    pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give
) -> None:
    server = make_server(fenced(BARE))
    assert lost(ask(pytester, server)) == {"F401": 0.6, "UP035": 0.25, "missing-hint": 4.0}
    args = give(caps="padding=0.4, UP035=0, no-docstring=3", costs="missing-hint=1,UP=0.5")
    found = ask(pytester, server, *args)
    assert found["results"][0]["axes"]["documentation"] == 6.5
    assert lost(found) == {"F401": 0.4, "UP035": 0.0, "missing-hint": 1.0}
    assert found["run"]["caps"] == {"padding": 0.4, "UP035": 0.0, "no-docstring": 3.0}
    assert found["run"]["costs"] == {"missing-hint": 1.0, "UP": 0.5}
    page = html(pytester)
    assert "<dt>Caps of the suite&#39;s own</dt><dd>padding 0.4, UP035 0, no-docstring 3</dd>" in page
    assert "<dt>Costs of the suite&#39;s own</dt><dd>missing-hint 1, UP 0.5</dd>" in page


def test_answers_that_others_judged_are_judged_again(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    """What other rules made of answers says nothing about a model that is judged by these."""
    server = make_server(fenced(BARE))
    before = ask(pytester, server, "--llm-save=main")
    found = ask(pytester, server, "--llm-costs=missing-hint=1", "--llm-compare=main")
    (change,) = found["baseline"]["changes"]
    assert change["before"] == change["after"] > before["models"][0]["score"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("caps=restating-coment=1", "there is no rule 'restating-coment'; did you mean 'restating-comment'?"),
        ("caps=UP999=1", "there is no rule 'UP999'; name one as the report does"),
        (
            "caps=vet:other=1",
            "'vet:other' has no weight of its own: 'vet' stands for what has none",
        ),
        ("costs=padding=1", "'padding' is a group of rules: it has a cap, and no cost of its own"),
        ("costs=doc-what=1", "'doc-what' is a part of documentation: it has a cap, and no cost of its own"),
        ("caps=padding", "'padding': RULE=N is needed"),
        ("caps=padding=-1", "padding='-1': a number from 0 to 9 is needed"),
        ("costs=F401=12", "F401='12': a number from 0 to 9 is needed"),
        ("costs=F401=1, F401=2", "'F401' stands there twice"),
    ],
)
def test_what_is_none_is_told(pytester: pytest.Pytester, suite: Path, option: str, said: str) -> None:
    result = pytester.runpytest("suite", f"--llm-{option}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in " ".join(result.stderr.lines)


def test_a_file_that_names_no_rule_is_told_with_its_place(
    pytester: pytest.Pytester, suite: Path, write: Callable[[str, str], Path]
) -> None:
    write("llmbench.toml", '\ncaps = "paddin=1"\n')
    result = pytester.runpytest("suite")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = " ".join(result.stderr.lines)
    assert "llmbench.toml" in told
    assert "caps = there is no rule 'paddin'; did you mean 'padding'?" in told
