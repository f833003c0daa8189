"""The answers of a large run are drawn before its end, and the page is the same as if they were not."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_up_runs import large

from pytest_llmbench.report.blocks import INLINE, AnswerBlocks
from pytest_llmbench.report.document import ResultPart, RunDocument
from pytest_llmbench.report.html import render_html, write_html
from pytest_llmbench.report.leaderboard import build_document


class Counting(AnswerBlocks):
    """Counts the blocks that it draws."""

    drawn = 0

    def _draw(self, rows: object) -> str:
        self.drawn += 1
        return super()._draw(rows)  # type: ignore[arg-type]


def alone(run: RunDocument, task: str) -> RunDocument:
    """The run of one task, as it is known before the others are."""
    parts = [part for part in run.tasks if part.id == task]
    samples = {(result.task, result.model): result.samples for result in run.results if result.task == task}
    return build_document(run.run, parts, run.models[::-1], samples, intervals=False)


def changed(result: ResultPart) -> ResultPart:
    first, *others = result.samples
    again = first.model_copy(update={"error": "was asked again"})
    return result.model_copy(update={"samples": (again, *others)})


@pytest.fixture
def run() -> RunDocument:
    found = large(models=3, tasks=3, samples=40)
    assert sum(len(result.samples) for result in found.results) > INLINE
    return found


@pytest.fixture
def ahead(run: RunDocument) -> Counting:
    """Blocks of all tasks, drawn one after another."""
    blocks = Counting()
    for task in run.tasks:
        blocks.draw_ahead(alone(run, task.id))
    assert blocks.drawn == 3
    blocks.drawn = 0
    return blocks


def page(run: RunDocument, blocks: AnswerBlocks, tmp_path: Path) -> str:
    write_html(tmp_path / "page.html", run, blocks=blocks)
    return (tmp_path / "page.html").read_text(encoding="utf-8")


def test_nothing_is_drawn_twice(run: RunDocument, ahead: Counting, tmp_path: Path) -> None:
    assert page(run, ahead, tmp_path) == render_html(run)
    assert ahead.drawn == 0


def test_what_has_changed_since_is_drawn_anew(run: RunDocument, ahead: Counting, tmp_path: Path) -> None:
    later = run.model_copy(update={"results": (changed(run.results[0]), *run.results[1:])})
    assert page(later, ahead, tmp_path) == render_html(later)
    assert ahead.drawn == 1


@pytest.mark.parametrize("change", [{"title": "Another"}, {"language": "go"}, {"id": "other_suite/task"}])
def test_a_task_that_is_called_otherwise_is_drawn_anew(
    run: RunDocument, ahead: Counting, tmp_path: Path, change: dict[str, str]
) -> None:
    first = run.tasks[0].model_copy(update=change)
    results = tuple(
        result.model_copy(update={"task": first.id}) if result.task == run.tasks[0].id else result
        for result in run.results
    )
    later = run.model_copy(update={"tasks": (first, *run.tasks[1:]), "results": results})
    assert page(later, ahead, tmp_path) == render_html(later)
    assert ahead.drawn == 1


def test_other_weights_draw_all_anew(run: RunDocument, ahead: Counting, tmp_path: Path) -> None:
    later = run.model_copy(update={"run": run.run.model_copy(update={"weights": {"correctness": 3.0}})})
    assert page(later, ahead, tmp_path) == render_html(later)
    assert ahead.drawn == 3


@pytest.mark.parametrize("change", [{"price_input": 1.0}, {"title": "Another name"}])
def test_a_model_that_is_described_otherwise_draws_all_anew(
    run: RunDocument, ahead: Counting, tmp_path: Path, change: dict[str, object]
) -> None:
    first = run.models[0].model_copy(update=change)
    later = run.model_copy(update={"models": (first, *run.models[1:])})
    assert page(later, ahead, tmp_path) == render_html(later)
    assert ahead.drawn == 3
