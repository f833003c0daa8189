"""The table at the end of a run, as plain lines of text that fit the terminal.

Where the terminal is narrow, columns are left out, the least telling ones first; rank, model and score
always stay. Text that others made is cleaned, so that it cannot move the cursor or colour anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.columns import cut, measure, pad, wrap
from pytest_llmbench.report.document import ModelPart, RunDocument
from pytest_llmbench.report.leaderboard import returned
from pytest_llmbench.report.numbers import UNKNOWN, count, dollars, fixed, listed, small, span
from pytest_llmbench.report.opinions import opinion_lines

MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
TROPHY = "🏆"

_LEAST_NAME = 17
_PLACE = 3
"""Cells of the rank or medal and the space after it."""
_GAP = "  "
_NAMED = 4
_SHOWN_TASKS = 20
_EMPTY = {"", UNKNOWN}

Write = Callable[[ModelPart], str]
Look = Literal["plain", "strong", "gold", "faint"]


class Line(NamedTuple):
    """A line of text, and how it looks where a terminal has colours."""

    text: str
    look: Look = "plain"


def _trouble(model: ModelPart) -> str:
    parts = []
    if model.truncated:
        parts.append(f"{model.truncated} cut off")
    if model.no_code:
        parts.append(f"{model.no_code} without code")
    if model.judged < model.expected:
        parts.append(f"{model.expected - model.judged} of {model.expected} missing")
    return ", ".join(parts)


class _Column(NamedTuple):
    """A heading, how soon it is left out (0: never, else the highest first), and what stands there."""

    heading: str
    order: int
    write: Write
    left: bool = False


_COLUMNS = (
    _Column("score", 0, lambda model: fixed(model.score) + ("*" if model.router else " ")),
    _Column("judge", 5, lambda model: fixed(model.opinion)),
    _Column("95 %", 4, lambda model: span(model.interval)),
    _Column("corr", 5, lambda model: fixed(model.axes.correctness)),
    _Column("qual", 6, lambda model: fixed(model.axes.quality)),
    _Column("docs", 7, lambda model: fixed(model.axes.documentation)),
    _Column("edge", 6, lambda model: fixed(model.axes.edge_cases)),
    _Column("$/M out", 2, lambda model: small(model.price_output)),
    _Column("value", 1, lambda model: (f"{TROPHY} " if model.best_value else "") + fixed(model.value)),
    _Column("out $", 3, lambda model: small(model.cost_usd) if model.price_input is None else ""),
    _Column("cost $", 3, lambda model: "" if model.price_input is None else small(model.cost_usd)),
    _Column("notes", 3, _trouble, left=True),
)


def terminal_lines(document: RunDocument, width: int) -> list[str]:
    """Draw the leaderboard.

    Args:
        document: The run.
        width: The cells that a line may take.

    Returns:
        The lines, without line ends and without colour codes.
    """
    return [line.text for line in table_lines(document, width)]


def table_lines(document: RunDocument, width: int) -> list[Line]:
    """Draw the leaderboard, each line with its look."""
    return list(_lines(document, width))


def _lines(document: RunDocument, width: int) -> Iterator[Line]:
    ranked = [model for model in document.models if model.rank is not None]
    unranked = [model for model in document.models if model.rank is None]
    yield from (Line(text, "strong") for text in wrap(_title(document), width))
    looks: list[Look] = ["faint", *(_look(model) for model in ranked)]
    yield from map(Line, _table(ranked, width), looks)
    for model in unranked:
        reason = one_line(model.unranked or "no score", 300)
        text = f" {UNKNOWN}  {_name(model)}: not ranked, {reason}"
        yield from (Line(each, "faint") for each in wrap(text, width, "    "))
    for texts, look in _below(document, ranked):
        yield from (Line(each, look) for text in texts for each in wrap(text, width, "  "))


def _look(model: ModelPart) -> Look:
    return "gold" if model.best_value else "strong" if model.rank == 1 else "plain"


def _below(document: RunDocument, ranked: Sequence[ModelPart]) -> Iterator[tuple[list[str], Look]]:
    yield _cost(ranked), "faint"
    yield _routers(document, ranked), "plain"
    yield _best_value(ranked), "gold"
    yield _by_task(document), "plain"
    for judge in document.judges:
        yield list(opinion_lines(judge)), "plain"


def _title(document: RunDocument) -> str:
    run = document.run
    return ", ".join((
        count(len(document.models), "model"),
        count(len(document.tasks), "task"),
        count(run.samples, "sample") + (" each (median)" if run.samples > 1 else " each"),
        f"sandbox {one_line(run.sandbox, 60)}",
        *([one_line(run.origin, 120)] if run.origin else []),
    ))  # fmt: skip


def _table(models: Sequence[ModelPart], cells: int) -> list[str]:
    if not models:
        return []
    columns, room = _fitting(models, cells - _PLACE)
    names = ["model", *(cut(_name(model), room) for model in models)]
    broad = max(map(measure, names))
    places = ["#", *(MEDALS.get(model.rank or 0, str(model.rank)) for model in models)]
    heads = [
        f"{pad(place, 2, right=True)} {pad(name, broad)}" for place, name in zip(places, names, strict=True)
    ]
    return [_GAP.join(cells).rstrip() for cells in zip(heads, *columns, strict=True)]


def _fitting(models: Sequence[ModelPart], cells: int) -> tuple[list[list[str]], int]:
    """Leave out columns until there is room for the models' names; give the columns' cells and that room."""
    kept = [column for column in _COLUMNS if any(column.write(model) not in _EMPTY for model in models)]
    while True:
        columns = [_padded(column, models) for column in kept]
        room = cells - sum(measure(column[0]) for column in columns) - len(_GAP) * len(columns)
        last = max(kept, key=lambda column: column.order)
        if room >= _LEAST_NAME or not last.order:
            return columns, max(room, 1)
        kept.remove(last)


def _padded(column: _Column, models: Sequence[ModelPart]) -> list[str]:
    texts = [column.heading, *(column.write(model) for model in models)]
    broad = max(map(measure, texts))
    return [pad(text, broad, right=not column.left) for text in texts]


def _name(model: ModelPart) -> str:
    return one_line(model.id, 80)


def _cost(models: Sequence[ModelPart]) -> list[str]:
    costed = [model for model in models if model.cost_usd is not None and model.price_input is None]
    return ["out $: the cost of the output alone, since the input price is not known"] if costed else []


def _routers(document: RunDocument, models: Sequence[ModelPart]) -> list[str]:
    return [text for model in models if model.router for text in _router(document, model)]


def _router(document: RunDocument, model: ModelPart) -> list[str]:
    """Say which models a router sent its calls to: all in all and, where there are several, per task."""
    dispatched = _dispatched(model.returned)
    head = f"* {_name(model)} is a router: {dispatched}; its samples scored {span(model.spread)}"
    results = [result for result in document.results if result.model == model.id]
    if len(results) == 1 or not model.returned:
        return [head]
    left_out = len(results) - _SHOWN_TASKS
    texts = [f"* {one_line(r.task, 60)}: {_dispatched(returned(r))}" for r in results[:_SHOWN_TASKS]]
    return [head, *texts, *([f"* and {count(left_out, 'more task')}"] if left_out > 0 else [])]


def _dispatched(names: Mapping[str, int]) -> str:
    shown = [f"{one_line(name, 60)} ({number})" for name, number in list(names.items())[:_NAMED]]
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    if not shown:
        return "it did not say which models it used"
    return f"it sent its calls to {listed([*shown, *more])}"


def _best_value(models: Sequence[ModelPart]) -> list[str]:
    return [
        f"{TROPHY} best value: {_name(model)}, {fixed(model.score)} of 10 for {dollars(model.price_output)} "
        f"per million output tokens"
        for model in models
        if model.best_value
    ]


def _by_task(document: RunDocument) -> list[str]:
    """Say who won each task; where one model ran alone, what it made of the task."""
    if len(document.models) == 1:
        texts = [
            f"{one_line(result.task, 60)}: {fixed(result.score)}, {one_line(result.note, 300)}"
            for result in document.results
        ]
    else:
        texts = [text for task in document.tasks if (text := _winner(document, task.id))]
    left_out = len(texts) - _SHOWN_TASKS
    return [*texts[:_SHOWN_TASKS], *([f"and {count(left_out, 'more task')}"] if left_out > 0 else [])]


def _winner(document: RunDocument, task: str) -> str:
    results = [result for result in document.results if result.task == task]
    best = max((result.score for result in results if result.score is not None), default=None)
    names = [one_line(result.model, 60) for result in results if result.winner]
    if best is None:
        return ""
    if not names:
        return f"{one_line(task, 60)}: no winner, all scored {fixed(best)}"
    shown = listed(names) if len(names) <= _NAMED else f"{len(names)} models"
    return f"{one_line(task, 60)}: {shown}{' (tied)' if len(names) > 1 else ''}, {fixed(best)}"
