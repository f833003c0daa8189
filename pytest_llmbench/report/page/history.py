"""Scores over earlier runs of the same tasks: one small picture per model, all on one scale."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pytest_llmbench.report.document import ModelPart, RunDocument
from pytest_llmbench.report.numbers import fixed
from pytest_llmbench.report.page.scales import score_scale
from pytest_llmbench.report.verdict import name

_LEFT, _RIGHT = 3.0, 97.0


class Dot(NamedTuple):
    """A run's score: its place in percent, and what it is in words."""

    x: float
    y: float
    low: float | None
    high: float | None
    text: str


class HistoryRow(NamedTuple):
    """A model's runs, oldest first; the last is this one."""

    model: ModelPart
    dots: list[Dot]
    path: str
    first: float
    last: float
    text: str


class History(NamedTuple):
    """The rows, and the ends of the axes in words."""

    rows: list[HistoryRow]
    runs: int
    since: datetime
    low: float
    high: float


def history(document: RunDocument) -> History | None:
    """Lay out earlier runs and this one; None where there are none before it."""
    past = sorted(document.history, key=lambda run: run.started)
    if not past:
        return None
    points: dict[str, list[tuple[int, float, tuple[float, float] | None, str]]] = {}
    for place, run in enumerate(past):
        when = f"{run.started:%Y-%m-%d}" + (f" ({run.name})" if run.name else "")
        for scored in run.scores:
            points.setdefault(scored.model, []).append((place, scored.score, scored.interval, when))
    shown = [model for model in document.models if model.score is not None and model.id in points]
    for model in shown:
        points[model.id].append((len(past), model.score or 0.0, model.interval, "this run"))
    every = [points[model.id] for model in shown]
    scale = score_scale(end for of_model in every for _, s, ends, _ in of_model for end in (ends or (s,)))

    def dot(place: int, score: float, ends: tuple[float, float] | None, when: str) -> Dot:
        low, high = ends or (None, None)
        return Dot(
            x=round(_LEFT + (_RIGHT - _LEFT) * place / len(past), 1),
            y=round(100 - scale.percent(score), 1),
            low=None if low is None else round(100 - scale.percent(low), 1),
            high=None if high is None else round(100 - scale.percent(high), 1),
            text=f"{when}: {fixed(score)}",
        )

    rows = [
        _row(model, [dot(*point) for point in points[model.id]], points[model.id][0][1]) for model in shown
    ]
    return History(rows, len(past) + 1, past[0].started, scale.low, scale.high) if rows else None


def _row(model: ModelPart, dots: list[Dot], first: float) -> HistoryRow:
    path = "M" + "L".join(f"{dot.x},{dot.y}" for dot in dots)
    text = f"{name(model)}: " + "; ".join(dot.text for dot in dots)
    return HistoryRow(model, dots, path, first, model.score or 0.0, text)
