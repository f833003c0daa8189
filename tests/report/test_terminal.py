"""The table at the end: what it says, and that it fits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import (
    MODELS,
    TASKS,
    document_of_scores,
    embedded,
    hostile,
    nothing_ranked,
    realistic,
    run_part,
    sample,
)

from pytest_llmbench.report.clean import clean
from pytest_llmbench.report.columns import measure
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.report.terminal import terminal_lines


def line_of(lines: list[str], text: str) -> str:
    return next(line for line in lines if text in line)


def test_the_table_has_medals_scores_values_and_the_trophy() -> None:
    lines = terminal_lines(document_of_scores(), 140)
    assert lines[1].split() == ["#", "model", "score", "corr", "qual", "docs", "edge", "$/M", "out", "value"]
    assert lines[2].startswith("🥇 deepseek-r1 ")
    assert lines[3].startswith("🥈 deepseek-v4-pro ")
    assert lines[4].startswith("🥉 kimi-k2.5 ")
    assert lines[5].startswith(" 4 qwen3-coder-30b ")
    assert line_of(lines, " 5 deepseek-v4-flash").endswith("0.25  🏆 34.8")
    assert line_of(lines, " 7 ga-standard").split()[2] == "8.5*"
    assert "🏆 best value: deepseek-v4-flash, 8.7 of 10 for $0.25 per million output tokens" in lines
    assert sum("🏆" in line for line in lines) == 2


def test_columns_stand_under_each_other() -> None:
    lines = terminal_lines(realistic(), 140)
    end = measure(lines[1][: lines[1].index("score") + len("score")])
    for line in lines[2:12]:
        cells = [measure(line[:at]) for at in range(len(line))]
        assert line[cells.index(end) - 1] in " *"
        assert line[cells.index(end) - 2].isdigit()


@pytest.mark.parametrize("width", [40, 60, 79, 80, 99, 100, 120, 200])
@pytest.mark.parametrize("make", [realistic, embedded, nothing_ranked, document_of_scores, hostile])
def test_every_line_fits(make: Callable[[], RunDocument], width: int) -> None:
    lines = terminal_lines(make(), width)
    assert [line for line in lines if measure(line) > width] == []


@pytest.mark.parametrize(
    ("width", "left_out"),
    [(140, set()), (100, {"docs"}), (80, {"docs", "qual", "edge", "corr"})],
)
def test_narrow_terminals_lose_the_least_telling_columns(width: int, left_out: set[str]) -> None:
    head = terminal_lines(realistic(), width)[1]
    every = {"score", "95 %", "corr", "qual", "docs", "edge", "$/M out", "value", "out $", "notes"}
    assert {column for column in every if column not in head} == left_out


def test_a_router_says_what_it_used() -> None:
    text = " ".join(terminal_lines(realistic(), 140))
    assert "* ga-standard is a router: it sent its calls to deepseek-v4-flash (" in text
    assert "its samples scored 7.4\u20139.6" in text
    assert "did not say which models it used" in " ".join(terminal_lines(document_of_scores(), 140))


def test_the_unranked_say_why() -> None:
    lines = terminal_lines(nothing_ranked(), 200)
    assert not any("🥇" in line or "🏆" in line for line in lines)
    assert lines[1] == (
        "\u2013  deepseek-v4-flash: not ranked, no score for flatten and async_race "
        "(api_error: connection refused by http://127.0.0.1:9/v1)"
    )


def test_one_model_says_what_became_of_each_task() -> None:
    lines = terminal_lines(embedded(), 200)
    assert line_of(lines, "smollm2-135m").startswith("🥇 smollm2-135m")
    assert "1 cut off, 1 without code" in line_of(lines, "smollm2-135m")
    assert line_of(lines, "flatten:").startswith("flatten: 1.0, 1 of 3 cut off; no code in 1 of 3; fails ")


def test_ties_and_tasks_without_a_winner_are_named() -> None:
    samples = {("flatten", one.id): (sample(0, 8.0),) for one in MODELS[:2]}
    samples |= {("dijkstra", one.id): (sample(0, 1.0),) for one in MODELS[:2]}
    document = build_document(run_part(), (TASKS[0], TASKS[2]), MODELS[:2], samples)
    lines = terminal_lines(document, 120)
    assert lines[-2:] == [
        "flatten: deepseek-coder and deepseek-v4-flash (tied), 8.0",
        "dijkstra: no winner, all scored 1.0",
    ]


def test_many_tasks_are_counted() -> None:
    tasks = [TASKS[0].model_copy(update={"id": f"task{n}"}) for n in range(25)]
    samples = {(task.id, one.id): (sample(0, 8.0),) for task in tasks for one in MODELS[:2]}
    lines = terminal_lines(build_document(run_part(), tasks, MODELS[:2], samples), 120)
    assert lines[-2].startswith("task19: ")
    assert lines[-1] == "and 5 more tasks"


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60), st.integers(30, 150))
def test_no_text_gets_at_the_terminal(text: str, width: int) -> None:
    lines = terminal_lines(hostile(text), width)
    assert all(line == clean(line).replace("\n", "") for line in lines)
    assert all(measure(line) <= width for line in lines)
