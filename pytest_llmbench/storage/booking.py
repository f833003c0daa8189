"""The books of a run: what its attempts may cost, and have cost, against its budget.

The sum stands in the run's row. A reservation is made within one transaction, and only where it fits, so
that no number of calls or processes together can exceed the budget. An attempt that never ends, because
its process was killed for example, stays booked at what was reserved for it.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from pytest_llmbench.completions.budget import NANO
from pytest_llmbench.report.numbers import dollars
from pytest_llmbench.storage.writes import Row

_RESERVE = """
    UPDATE runs SET booked_nano = booked_nano + :nano
    WHERE id = :run AND (budget_nano IS NULL OR booked_nano + :nano <= budget_nano)
"""
_BEGIN = """
    INSERT INTO attempts (id, run_id, trial, number, started, reserved_nano)
    VALUES (:id, :run_id, :trial, :number, :started, :reserved_nano)
"""
_SUMS = "SELECT budget_nano, booked_nano, over_nano FROM runs WHERE id = ?"
_OF_OPINIONS = """
    SELECT sum(booked_nano) FROM attempts
    WHERE run_id = :run AND trial IN (SELECT call FROM opinions WHERE run_id = :run)
"""


class Books(NamedTuple):
    """A run's sums, in billionths of a USD: its budget, what is booked, and what was billed beyond.

    `opinions` is what of it was booked for a judge's opinions.
    """

    budget: int | None
    booked: int
    over: int
    opinions: int = 0


def booked_lines(books: Books) -> list[str]:
    """Say what was booked, where there is a limit, and who billed more than could be asked for."""
    lines = []
    if books.budget is not None:
        spent, limit = dollars(books.booked / NANO), dollars(books.budget / NANO)
        apart = f", {dollars(books.opinions / NANO)} of it for opinions" if books.opinions else ""
        lines.append(f"booked: {spent} of the budget of {limit}{apart}")
    if books.over:
        lines.append(f"billed beyond what was asked for: {dollars(books.over / NANO)}")
    return lines


def reserve(connection: sqlite3.Connection, attempt: Row) -> bool:
    """Book the worst case of an attempt, and write the attempt down; False where it does not fit.

    Args:
        connection: A connection within a transaction that may write.
        attempt: The attempt's row.
    """
    wanted = {"run": attempt["run_id"], "nano": attempt["reserved_nano"] or 0}
    if not connection.execute(_RESERVE, wanted).rowcount:
        return False
    connection.execute(_BEGIN, attempt)
    return True


def books(connection: sqlite3.Connection, run: str) -> Books:
    """Give a run's sums."""
    budget, booked, over = connection.execute(_SUMS, (run,)).fetchone()
    (opinions,) = connection.execute(_OF_OPINIONS, {"run": run}).fetchone()
    return Books(budget, booked, over, opinions or 0)
