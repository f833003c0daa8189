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


_AT_ONCE = (64, 8, 1)
"""Rows of one step, the most first: SQLite takes 999 values at least, and each text is kept compiled."""


class _Inserting:
    """Inserts rows; of those that are there already some columns are changed, or none.

    Many go in at one step: for each step the interpreter is let go of and waited for again, which takes
    longer than the step itself where another thread computes.

    Args:
        table: Their table.
        changing: The columns that are changed.
    """

    def __init__(self, table: Table, *changing: str) -> None:
        self._names = [column.name for column in table.columns]
        place = f"({', '.join('?' * len(self._names))})"
        changes = ", ".join(f"{name} = excluded.{name}" for name in changing)
        then = f"UPDATE SET {changes}" if changes else "NOTHING"
        self._texts = {
            size: f"INSERT INTO {table.name} ({', '.join(self._names)})"  # noqa: S608 - names of `schema`
            f" VALUES {', '.join([place] * size)} ON CONFLICT ({', '.join(table.key)}) DO {then}"
            for size in _AT_ONCE
        }

    def put(self, connection: sqlite3.Connection, rows: list[Row]) -> None:
        """Put rows in, in their order."""
        at = 0
        for size, text in self._texts.items():
            while len(rows) - at >= size:
                connection.execute(text, [row[name] for row in rows[at : at + size] for name in self._names])
                at += size


_INSERTS: dict[str, _Inserting] = {
    "run": _Inserting(RUNS, "status", "body", "budget_nano"),
    "text": _Inserting(TEXTS),
    "task": _Inserting(TASKS, "hash", "body"),
    "model": _Inserting(MODELS),
    "trial": _Inserting(TRIALS),
    "attempt": _Inserting(ATTEMPTS),
    "attempt_end": _Inserting(ATTEMPTS, "ended", "outcome", "status_code", "message", "booked_nano"),
    "completion": _Inserting(COMPLETIONS),
    "scorecard": _Inserting(SCORECARDS, "judged", "status", "total", "body", "answer"),
    "opinion": _Inserting(OPINIONS, "call", "asked", "body"),
}

_UPDATES: dict[str, str] = {
    "settlement": (
        "UPDATE runs SET booked_nano = booked_nano + :change, over_nano = over_nano + :over WHERE id = :run"
    ),
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
        if kind in _INSERTS:
            _INSERTS[kind].put(connection, rows)
        elif rows:
            connection.executemany(_UPDATES[kind], rows)


def _summed(settlements: Iterable[Row]) -> list[Row]:
    """Make one change of a run's sums out of many."""
    sums: dict[str, list[int]] = {}
    for row in settlements:
        total = sums.setdefault(str(row["run"]), [0, 0])
        total[0] += int(row["change"] or 0)
        total[1] += int(row["over"] or 0)
    return [{"run": run, "change": change, "over": over} for run, (change, over) in sums.items()]
