"""What one model made of one task: a row of the task's table, and what is needed to draw its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from pytest_llmbench.report.document import ModelPart, ResultPart, TaskPart
from pytest_llmbench.report.leaderboard import returned
from pytest_llmbench.report.numbers import listed
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.answers import SampleView, sample_view
from pytest_llmbench.report.page.scales import Scale
from pytest_llmbench.report.verdict import name
from pytest_llmbench.scoring.scorecard import JUDGED

Place = tuple[str, str]
"""An answer's anchor, and what it is called."""

_MOST_MIXED = 60


class ResultRow(NamedTuple):
    """What a model made of the task. `dots` are the places of its samples' totals, from 0 to 100.

    `mixed` are the checks that some sample failed, with the outcome per sample. `before` and `after` are
    the answers beside it. `block` says where its answers wait, compressed; None where they stand on the
    page. `views` lays out its samples, one after another, and colours their code unless told not to.
    """

    model: ModelPart
    title: str
    language: str
    result: ResultPart
    anchor: str
    sample_anchors: list[str]
    mixed: list[tuple[str, list[bool | None]]]
    dots: list[float]
    at: float | None
    passed: int
    checks: int
    returned: str
    tied: bool
    views: Callable[..., Iterator[SampleView]]
    before: Place | None = None
    after: Place | None = None
    block: tuple[int, int] | None = None


def result_row(
    task: TaskPart,
    model: ModelPart,
    result: ResultPart,
    scale: Scale,
    anchors: Anchors,
    *,
    weights: Mapping[str, float],
    tied: bool,
) -> ResultRow:
    """Lay out what a model made of a task; `weights` are those of the axes."""
    checks = [check for sample in result.samples if sample.status in JUDGED for check in sample.checks]
    names = [f"{name} ({number})" for name, number in returned(result).items()]
    return ResultRow(
        model=model,
        title=task.title,
        language=task.language,
        result=result,
        anchor=anchors.answer(task.id, model.id),
        sample_anchors=[anchors.sample(task.id, model.id, sample.index) for sample in result.samples],
        mixed=_mixed(result),
        dots=[scale.percent(sample.total) for sample in result.samples if sample.total is not None],
        at=None if result.score is None else scale.percent(result.score),
        passed=sum(check.passed for check in checks),
        checks=len(checks),
        returned=listed(names) if model.router else "",
        tied=tied,
        views=partial(_views, task, model, result, anchors, weights),
    )


def in_order(rows: Sequence[ResultRow], before: Place | None, after: Place | None) -> list[ResultRow]:
    """Tell each row which answers come before and after it; those outside of the task are given."""
    places: list[Place | None] = [before, *map(place, rows), after]
    return [row._replace(before=places[at], after=places[at + 2]) for at, row in enumerate(rows)]


def in_block(rows: Sequence[ResultRow]) -> list[ResultRow]:
    """Give rows in the order in which they wait in a block: one that does not depend on who wins."""
    return sorted(rows, key=lambda row: row.model.id)


def place(row: ResultRow) -> Place:
    """Name the place of a row's answers."""
    return row.anchor, name(row.model)


def _views(
    task: TaskPart,
    model: ModelPart,
    result: ResultPart,
    anchors: Anchors,
    weights: Mapping[str, float],
    *,
    coloured: bool = True,
) -> Iterator[SampleView]:
    cost = "Output cost" if model.price_input is None else "Cost"
    for sample in result.samples:
        anchor = anchors.sample(task.id, model.id, sample.index)
        yield sample_view(sample, anchor, task.language, weights=weights, cost=cost, coloured=coloured)


def _mixed(result: ResultPart) -> list[tuple[str, list[bool | None]]]:
    """Give the checks that some sample failed, by sample; those that all passed are left out."""
    outcomes: dict[tuple[str, str], list[bool | None]] = {}
    for at, sample in enumerate(result.samples):
        for check in sample.checks:
            passed = outcomes.setdefault((check.axis, check.label), [None] * len(result.samples))
            passed[at] = check.passed
    failed = [(label, passed) for (_, label), passed in outcomes.items() if False in passed]
    return failed[:_MOST_MIXED]
