"""Models by tasks: where the points were lost."""

from __future__ import annotations

from typing import NamedTuple

from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, ResultPart, RunDocument, TaskPart
from pytest_llmbench.report.numbers import listed
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.scoring.scorecard import JUDGED
from pytest_llmbench.statistics.centre import mean

SHADES = (9.0, 8.0, 7.0, 6.0, 4.0)
"""From the first of these down, a cell is a shade stronger at each: the more points lost, the stronger."""


WIDEST = 8
"""With more tasks than this, a row is a task."""
_DECIDE = 2


class Cell(NamedTuple):
    """What one model made of one task, in short."""

    result: ResultPart
    link: str
    shade: int
    cut_off: int
    failed: int


class MatrixRow(NamedTuple):
    """A model's cells, hardest task first."""

    model: ModelPart
    anchor: str
    cells: list[Cell]


class Column(NamedTuple):
    """A task's head and foot: the mean over the models that have a score."""

    task: TaskPart
    link: str
    mean: float | None
    winners: list[ModelPart]


class Matrix(NamedTuple):
    """The table of models and tasks. `upright` has a row per task, since there are many."""

    columns: list[Column]
    rows: list[MatrixRow]
    upright: bool
    headline: str


def matrix(document: RunDocument, comparison: Comparison, anchors: Anchors) -> Matrix:
    """Lay out the table of models and tasks, the hardest task first."""
    columns = [_column(task, document, comparison, anchors) for task in document.tasks]
    columns.sort(key=lambda column: 11.0 if column.mean is None else column.mean)
    rows = [
        MatrixRow(
            model=model,
            anchor=anchors.model(model.id),
            cells=[_cell(comparison.result(column.task.id, model.id), anchors) for column in columns],
        )
        for model in document.models
    ]
    return Matrix(columns, rows, len(columns) > WIDEST, _headline(columns, rows))


def shade(score: float | None) -> int:
    """Give the strength of a cell's shade, 0 for nearly nothing lost."""
    return 0 if score is None else sum(score < limit for limit in SHADES)


def _headline(columns: list[Column], rows: list[MatrixRow]) -> str:
    """Name the tasks that set the models furthest apart."""
    spreads = []
    for at, column in enumerate(columns):
        scores = [row.cells[at].result.score for row in rows]
        known = [score for score in scores if score is not None]
        if len(known) > 1:
            spreads.append((max(known) - min(known), one_line(column.task.title, 60)))
    spreads.sort(key=lambda spread: -spread[0])
    if len(spreads) <= _DECIDE or spreads[0][0] <= 0:
        return "Models and tasks"
    return f"{listed([title for _, title in spreads[:_DECIDE]])} set the models furthest apart"


def _column(task: TaskPart, document: RunDocument, comparison: Comparison, anchors: Anchors) -> Column:
    results = [comparison.result(task.id, model.id) for model in document.models]
    winners = {result.model for result in results if result.winner}
    return Column(
        task=task,
        link=anchors.task(task.id),
        mean=mean(result.score for result in results),
        winners=[model for model in document.models if model.id in winners],
    )


def _cell(result: ResultPart, anchors: Anchors) -> Cell:
    return Cell(
        result=result,
        link=anchors.answer(result.task, result.model),
        shade=shade(result.score),
        cut_off=sum(sample.status == "truncated" for sample in result.samples),
        failed=sum(sample.status not in JUDGED for sample in result.samples),
    )
