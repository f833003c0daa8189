"""The leaderboard's rows, with the places of their pictures on one shared scale."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, RunDocument
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.report.numbers import count, decimals, listed
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.scales import Scale, score_scale
from pytest_llmbench.scoring.scorecard import AXES

_FEW = 5

MEDAL_WORDS = {1: "gold", 2: "silver", 3: "bronze"}


class AxisCell(NamedTuple):
    """One axis score, its place from 0 to 100, and whether it is the model's weakest."""

    word: str
    score: float | None
    at: float | None
    weakest: bool


class Row(NamedTuple):
    """One model of the leaderboard. `link` goes to what it answered, `place` is its place in the document."""

    place: int
    model: ModelPart
    link: str
    medal_word: str
    at: float | None
    ends: tuple[float, float] | None
    axes: list[AxisCell]
    tied: bool
    missing: int


class Board(NamedTuple):
    """The leaderboard. `band` is the best model's interval, from 0 to 100.

    `rows` are all models where one is ranked; those without a rank come last, and are hidden until the
    choice of some tasks gives them a score.
    """

    rows: list[Row]
    unranked: list[Row]
    scale: Scale
    axis_scale: Scale
    ticks: list[tuple[int, float]]
    band: tuple[float, float] | None
    categories: list[tuple[str, int]]
    priced: bool
    costed: bool
    timed: bool
    cost_decimals: int
    cost_unit: str
    notes: list[str]


def board(document: RunDocument, comparison: Comparison, anchors: Anchors) -> Board:
    """Lay out the leaderboard."""
    models = document.models
    ends = [end for model in models for end in (model.interval or (model.score,))]
    scale = score_scale(ends)
    axis_scale = score_scale(getattr(model.axes, axis) for model in models for axis in AXES)
    scales = (scale, axis_scale)
    rows = [_row(index, model, comparison, anchors, scales) for index, model in enumerate(models)]
    ranked = [row for row in rows if row.model.rank is not None]
    best = comparison.best
    return Board(
        rows=rows if ranked else [],
        unranked=[row for row in rows if row.model.rank is None],
        scale=scale,
        axis_scale=axis_scale,
        ticks=[(tick, scale.percent(tick)) for tick in scale.ticks],
        band=_ends(best, scale) if best and len(comparison.ranked) > 1 else None,
        categories=sorted(Counter(model.category for model in models if model.category).items()),
        priced=any(model.price_output is not None for model in models),
        costed=any(model.cost_usd is not None for model in models),
        timed=any(model.tokens_per_s is not None for model in models),
        cost_decimals=decimals(model.cost_usd for model in models),
        cost_unit="$" if any(model.price_input is not None for model in models) else "$, output",
        notes=_notes(document, ranked),
    )


def _notes(document: RunDocument, rows: list[Row]) -> list[str]:
    """Explain what the columns mean, as far as they have anything in them."""
    if not rows:
        return []
    tasks, samples = len(document.tasks), document.run.samples
    mean = f"Score: mean over {count(tasks, 'task')} of" if tasks > 1 else "Score:"
    texts = [f"{mean} the median of {count(samples, 'judged sample')}."]
    if any(row.ends for row in rows):
        rough = ", rough with so few of them" if samples < _FEW else ""
        texts.append(f"The line is its 95 % interval over samples{rough}.")
        texts += ["The band is that of the best."] * (len(rows) > 1)
    if any(row.tied for row in rows):
        texts.append("≈ and a filled dot: the difference to the best may be nothing.")
    if any(axis.weakest for row in rows for axis in row.axes):
        texts.append("A bold axis is the model's weakest.")
    if any(row.model.value is not None for row in rows):
        texts.append("Value is score ÷ price; prices differ far more than scores do, so it is mostly price.")
    if any(row.model.cost_usd is not None for row in rows):
        texts.append(_about_cost([row.model for row in rows]))
    return texts


def _about_cost(models: list[ModelPart]) -> str:
    """Say whose input is in the cost: where its price is unknown, it is not."""
    text = "Cost is that of this run's output tokens, reasoning included"
    whole = [one_line(model.title or model.id, 60) for model in models if model.price_input is not None]
    if not whole:
        return f"{text}; no input price is known."
    if len(whole) == len(models):
        return f"{text}, and of its input."
    return f"{text}; with that of the input where its price is known: {listed(whole)}."


def _row(
    index: int,
    model: ModelPart,
    comparison: Comparison,
    anchors: Anchors,
    scales: tuple[Scale, Scale],
) -> Row:
    scale, axis_scale = scales
    best = comparison.best
    return Row(
        place=index,
        model=model,
        link=anchors.model(model.id),
        medal_word=MEDAL_WORDS.get(model.rank or 0, ""),
        at=None if model.score is None else scale.percent(model.score),
        ends=_ends(model, scale),
        axes=_axes(model, axis_scale),
        tied=bool(best and model.rank and model is not best and comparison.tied(best.id, model.id)),
        missing=model.expected - model.judged,
    )


def _ends(model: ModelPart, scale: Scale) -> tuple[float, float] | None:
    if model.interval is None:
        return None
    return scale.percent(model.interval[0]), scale.percent(model.interval[1])


def _axes(model: ModelPart, scale: Scale) -> list[AxisCell]:
    scores = {axis: getattr(model.axes, axis) for axis in AXES}
    known = [score for score in scores.values() if score is not None]
    lowest = min(known) if known and min(known) < max(known) else None
    return [
        AxisCell(
            word=AXIS_WORDS[axis],
            score=score,
            at=None if score is None else scale.percent(score),
            weakest=score is not None and score == lowest,
        )
        for axis, score in scores.items()
    ]
