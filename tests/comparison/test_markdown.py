"""The summary for CI: valid Markdown whatever models are called, what changed first, and annotations."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_pairs import run_of
from made_up_runs import HOSTILE
from markdown_it import MarkdownIt

from pytest_llmbench.comparison.annotations import annotation_lines
from pytest_llmbench.comparison.compare import compare
from pytest_llmbench.comparison.gate import apply_gate
from pytest_llmbench.comparison.markdown import comparison_markdown
from pytest_llmbench.comparison.rules import parse_rule
from pytest_llmbench.report.markdown import leaderboard_markdown
from pytest_llmbench.report.markup import markdown
from pytest_llmbench.report.numbers import MINUS

GOOD, BAD = [9.0, 8.5, 9.2, 8.8, 9.1, 8.7], [4.0, 3.5, 4.2, 3.8, 4.1, 3.7]
OURS = {"table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "p", "ul", "li", "code", "strong"}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list) -> None:
        assert not attrs
        self.found.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(text: str) -> Tags:
    tags = Tags()
    # GitHub's own reading turns addresses into links, as `linkify` does.
    tags.feed(MarkdownIt("commonmark").enable("table").render(text))
    return tags


def summary(model: str, task: str = "a") -> tuple[str, list[str]]:
    before, after = run_of({model: {task: GOOD}}), run_of({model: {task: BAD}}, model_returned="m-2")
    comparison = compare(before, after, name="main")
    gate = apply_gate(comparison, [parse_rule("score:0.5")], [task])
    lines = [*comparison_markdown(comparison, gate), *leaderboard_markdown(after)]
    return "\n".join(lines), annotation_lines(comparison, gate)


def test_what_changed_stands_first() -> None:
    text, _ = summary("m")
    lines = text.splitlines()
    assert lines[0] == "### 🔴 gate: red"
    assert lines[2].startswith(f"- 🔴 `score:0.5` m\\: score 8.88 → 3.88 \\({MINUS}5.00, 95 % {MINUS}")
    assert any(line.startswith(f"| m | worse | 8.88 | 3.88 | {MINUS}5.00 |") for line in lines)
    assert "**the model that answered changed\\: m-1 → m-2**" in text
    assert rendered(text).found == OURS | {"details", "summary"}


def test_hostile_names_stay_text() -> None:
    text, annotations = summary(HOSTILE, HOSTILE)
    assert rendered(text).found <= OURS | {"details", "summary"}
    assert all(line.startswith("::") and "\n" not in line for line in annotations)


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_any_text_reads_as_itself(text: str) -> None:
    found = rendered(f"x {markdown(text)} x")
    assert found.found == {"p"}
    cell = rendered(f"| a |\n| --- |\n| {markdown(text)} |")
    assert cell.found == {"table", "thead", "tbody", "tr", "th", "td"}


def test_annotations() -> None:
    _, annotations = summary("vendor/m:free,x")
    assert annotations[0].startswith("::error title=score%3A0.5 is red::vendor/m:free,x: score 8.88 → 3.88")
    assert annotations[1] == (
        "::warning title=vendor/m%3Afree%2Cx changed::the model that answered changed: m-1 → m-2"
    )
