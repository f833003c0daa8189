"""The published values: the registry's prices and ten scores give them, in the JSON and in the HTML file."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import html5lib
import pytest

from pytest_llmbench.models.registry import Registry
from pytest_llmbench.report.document import RunPart, SamplePart, TaskPart
from pytest_llmbench.report.html import write_html
from pytest_llmbench.report.json_file import write_json
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.report.terminal import terminal_lines
from pytest_llmbench.scoring.scorecard import AxisScores

PUBLISHED = {
    "qwen3-coder-30b": (8.8, "25.1"),
    "deepseek-v4-flash": (8.7, "34.8"),
    "deepseek-coder": (8.6, "34.4"),
    "deepseek-v4-pro": (9.1, "11.7"),
    "deepseek-r1": (9.4, "3.8"),
    "kimi-k2.5": (9.0, "3.0"),
    "qwen3-32b": (8.3, "29.6"),
    "glm-5": (8.0, "4.2"),
    "hunyuan-turbo": (7.5, "13.2"),
    "ga-standard": (8.5, "42.5"),
}
"""Scores, and score / output price in USD per million tokens as it was published."""


@pytest.fixture(scope="module")
def document() -> Any:
    models = Registry.load().select(["all"])
    assert {model.id for model in models} == PUBLISHED.keys()
    run = RunPart(
        id="r", started=datetime(2026, 11, 23, tzinfo=UTC), duration_s=1, sandbox="s", samples=1, versions={}
    )
    task = TaskPart(id="t", title="T", language="python", suite="s", hash="h")
    samples = {("t", model.id): [_sample(PUBLISHED[model.id][0])] for model in models}
    return build_document(run, [task], models, samples)


def _sample(total: float) -> SamplePart:
    return SamplePart(index=0, status="scored", total=total, axes=AxisScores(correctness=total))


def test_the_json_file(document: Any, tmp_path: Path) -> None:
    write_json(tmp_path / "run.json", document)
    models = json.loads((tmp_path / "run.json").read_text())["models"]
    assert {m["id"]: f"{m['value']:.1f}" for m in models} == {key: v for key, (_, v) in PUBLISHED.items()}
    assert [m["id"] for m in models if m["best_value"]] == ["deepseek-v4-flash"]
    assert [m["id"] for m in models if m["router"]] == ["ga-standard"]
    assert [m["rank"] for m in models] == list(range(1, 11))


def test_the_html_file(document: Any, tmp_path: Path) -> None:
    write_html(tmp_path / "run.html", document)
    page = html5lib.parse((tmp_path / "run.html").read_text(), namespaceHTMLElements=False)
    rows = page.findall(".//table[@id='board']/tbody/tr")
    shown = {"".join(_text(part) for part in row.find("th") if part.tag != "small"): row for row in rows}
    values = {name: _text(row.find("td[@class='n value']")) for name, row in shown.items()}
    titles = {model.title: model.id for model in document.models}
    expected = {key: value for key, (_, value) in PUBLISHED.items()}
    assert {
        titles[name.rstrip("*")]: re.sub(r"[^0-9.]", "", value) for name, value in values.items()
    } == expected
    assert [name for name, value in values.items() if "🏆" in value] == ["DeepSeek V4 Flash"]
    assert [name for name in values if name.endswith("*")] == ["Ga-Standard*"]
    score = _text(shown["Ga-Standard*"].find("td[@class='n score']"))
    assert "8.5*" in score


def test_the_terminal(document: Any) -> None:
    lines = [line for line in terminal_lines(document, 140) if "router" not in line]
    for key, (score, value) in PUBLISHED.items():
        (line,) = [line for line in lines if re.match(rf"\s*\S+ {re.escape(key)} ", line)]
        assert f" {score}" in line
        assert line.rstrip().endswith(value)
        assert ("🏆" in line) == (key == "deepseek-v4-flash")
        assert (f"{score}*" in line) == (key == "ga-standard")


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()
