"""Writes: rows on their way into the database, and how a batch of them is put there.

A batch goes in table by table, so that a row's parent is there before it, whatever came first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from sqlalchemy import Connection, Executable, Table, bindparam, update
from sqlalchemy.dialects.sqlite import insert

from pytest_llmbench.storage.schema import (
    ATTEMPTS,
    COMPLETIONS,
    MODELS,
    OPINIONS,
    RUNS,
    SCORECARDS,
    TASKS,
    TEXTS,
    TRIALS,
)

Kind = Literal[
    "run",
    "text",
    "task",
    "model",
    "trial",
    "attempt",
    "completion",
    "attempt_end",
    "settlement",
    "scorecard",
    "opinion",
]
"""In the order in which they are put in."""

Row = dict[str, str | int | float | None]


class Write(NamedTuple):
    """One row for one table."""

    kind: Kind
    row: Row


def _replacing(table: Table, key: tuple[str, ...], changing: tuple[str, ...]) -> Executable:
    """Insert rows, or change some columns of those that are there."""
    given = insert(table)
    changed = {name: given.excluded[name] for name in changing}
    return given.on_conflict_do_update(index_elements=list(key), set_=changed)


_ENDING = ("ended", "outcome", "status_code", "message", "booked_nano")

_STATEMENTS: dict[str, Executable] = {
    "run": _replacing(RUNS, ("id",), ("status", "body", "budget_nano")),
    "text": insert(TEXTS).on_conflict_do_nothing(),
    "task": _replacing(TASKS, ("run_id", "suite", "id"), ("hash", "body")),
    "model": insert(MODELS).on_conflict_do_nothing(),
    "trial": insert(TRIALS).on_conflict_do_nothing(),
    "attempt": insert(ATTEMPTS).on_conflict_do_nothing(),
    "completion": insert(COMPLETIONS).on_conflict_do_nothing(),
    "attempt_end": update(ATTEMPTS)
    .where(ATTEMPTS.c.id == bindparam("attempt"))
    .values(
        {name: bindparam(name) for name in ("ended", "outcome", "status_code", "message", "booked_nano")}
    ),
    "settlement": update(RUNS)
    .where(RUNS.c.id == bindparam("run"))
    .values(
        booked_nano=RUNS.c.booked_nano + bindparam("change"), over_nano=RUNS.c.over_nano + bindparam("over")
    ),
    "scorecard": _replacing(SCORECARDS, ("run_id", "trial"), ("judged", "status", "total", "body", "answer")),
    "opinion": _replacing(OPINIONS, ("run_id", "trial"), ("call", "asked", "body")),
}

KINDS: tuple[Kind, ...] = get_args(Kind)


def put(connection: Connection, writes: Iterable[Write]) -> None:
    """Put rows into the database, within the transaction that the connection is in."""
    by_kind: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for write in writes:
        by_kind[write.kind].append(write.row)
    by_kind["settlement"] = _summed(by_kind["settlement"])
    for kind, rows in by_kind.items():
        if rows:
            connection.execute(_STATEMENTS[kind], rows)


def _summed(settlements: Iterable[Row]) -> list[Row]:
    """Make one change of a run's sums out of many."""
    sums: dict[str, list[int]] = {}
    for row in settlements:
        total = sums.setdefault(str(row["run"]), [0, 0])
        total[0] += int(row["change"] or 0)
        total[1] += int(row["over"] or 0)
    return [{"run": run, "change": change, "over": over} for run, (change, over) in sums.items()]
