"""How much a model's samples differ: the totals of all of them, counted in steps of a quarter of a point."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, RunDocument
from pytest_llmbench.report.leaderboard import judged_totals
from pytest_llmbench.report.numbers import count, fixed, span
from pytest_llmbench.report.page.scales import Scale, score_scale
from pytest_llmbench.report.verdict import name
from pytest_llmbench.scoring.axes import HIGHEST
from pytest_llmbench.statistics.centre import mean, median

STEP = 0.25


class Bar(NamedTuple):
    """Samples in one step: place and width in percent, height from 0 to 1."""

    x: float
    width: float
    height: float


class SpreadRow(NamedTuple):
    """One model's samples. `within` is how far apart a task's samples lie, in the mean over the tasks."""

    model: ModelPart
    link: str
    bars: list[Bar]
    median: float
    samples: int
    low: float
    high: float
    middle: float
    within: float | None
    text: str


class Spread(NamedTuple):
    """The rows, on one scale."""

    rows: list[SpreadRow]
    ticks: list[tuple[int, float]]
    steadiest: SpreadRow | None


def spread(document: RunDocument, comparison: Comparison, links: dict[str, str]) -> Spread | None:
    """Lay out the spread; None where no model has several judged samples of a task."""
    by_model = {
        model.id: judged_totals([comparison.result(task.id, model.id) for task in document.tasks])
        for model in document.models
    }
    if not any(len(totals) > 1 for tasks in by_model.values() for totals in tasks):
        return None
    scale = score_scale(total for tasks in by_model.values() for totals in tasks for total in totals)
    shown = [model for model in document.models if any(by_model[model.id])]
    rows = [_row(model, links[model.id], by_model[model.id], scale) for model in shown]
    known = [row for row in rows if row.within is not None]
    return Spread(
        rows=rows,
        ticks=[(tick, scale.percent(tick)) for tick in scale.ticks],
        steadiest=min(known, key=lambda row: row.within or 0.0) if len(known) > 1 else None,
    )


def _row(model: ModelPart, link: str, tasks: list[list[float]], scale: Scale) -> SpreadRow:
    totals = [total for each in tasks for total in each]
    # Full marks stand in the last step, which ends there.
    counted = Counter(min(int(total / STEP), int(HIGHEST / STEP) - 1) for total in totals)
    most = max(counted.values())
    bars = [
        Bar(
            x=scale.percent(step * STEP),
            width=round(scale.percent((step + 1) * STEP) - scale.percent(step * STEP), 2),
            height=round(number / most, 3),
        )
        for step, number in sorted(counted.items())
    ]
    middle = median(totals) or 0.0
    within = mean(max(each) - min(each) for each in tasks if len(each) > 1)
    low, high = min(totals), max(totals)
    text = f"{name(model)}: {count(len(totals), 'sample')} from {span((low, high))}, median {fixed(middle)}"
    at = scale.percent(middle)
    return SpreadRow(model, link, bars, at, len(totals), low, high, middle, within, text)
