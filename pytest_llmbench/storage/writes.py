"""Writes: rows on their way into the database, and how a batch of them is put there.

A batch goes in table by table, so that a row's parent is there before it, whatever came first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

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
    Table,
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


def _inserting(table: Table, *changing: str) -> str:
    """Insert rows; of those that are there already some columns are changed, or none."""
    names = [column.name for column in table.columns]
    values = ", ".join(f":{name}" for name in names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in changing)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - names of `schema`
        f" ON CONFLICT ({', '.join(table.key)}) DO {f'UPDATE SET {changes}' if changes else 'NOTHING'}"
    )


_STATEMENTS: dict[str, str] = {
    "run": _inserting(RUNS, "status", "body", "budget_nano"),
    "text": _inserting(TEXTS),
    "task": _inserting(TASKS, "hash", "body"),
    "model": _inserting(MODELS),
    "trial": _inserting(TRIALS),
    "attempt": _inserting(ATTEMPTS),
    "completion": _inserting(COMPLETIONS),
    "attempt_end": (
        "UPDATE attempts SET ended = :ended, outcome = :outcome, status_code = :status_code,"
        " message = :message, booked_nano = :booked_nano WHERE id = :attempt"
    ),
    "settlement": (
        "UPDATE runs SET booked_nano = booked_nano + :change, over_nano = over_nano + :over WHERE id = :run"
    ),
    "scorecard": _inserting(SCORECARDS, "judged", "status", "total", "body", "answer"),
    "opinion": _inserting(OPINIONS, "call", "asked", "body"),
}

KINDS: tuple[Kind, ...] = get_args(Kind)


def put(connection: sqlite3.Connection, writes: Iterable[Write]) -> None:
    """Put rows into the database, within the transaction that the connection is in."""
    by_kind: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for write in writes:
        by_kind[write.kind].append(write.row)
    by_kind["settlement"] = _summed(by_kind["settlement"])
    # Most trials of a batch share their texts.
    by_kind["text"] = list({row["hash"]: row for row in by_kind["text"]}.values())
    for kind, rows in by_kind.items():
        if rows:
            connection.executemany(_STATEMENTS[kind], rows)


def _summed(settlements: Iterable[Row]) -> list[Row]:
    """Make one change of a run's sums out of many."""
    sums: dict[str, list[int]] = {}
    for row in settlements:
        total = sums.setdefault(str(row["run"]), [0, 0])
        total[0] += int(row["change"] or 0)
        total[1] += int(row["over"] or 0)
    return [{"run": run, "change": change, "over": over} for run, (change, over) in sums.items()]
