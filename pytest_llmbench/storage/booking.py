"""The books of a run: what its attempts may cost, and have cost, against its budget.

The sum stands in the run's row. A reservation is made within one transaction, and only where it fits, so
that no number of calls or processes together can exceed the budget. An attempt that never ends, because
its process was killed for example, stays booked at what was reserved for it.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from pytest_llmbench.completions.budget import NANO
from pytest_llmbench.report.numbers import dollars
from pytest_llmbench.storage.schema import ATTEMPTS, OPINIONS, RUNS
from pytest_llmbench.storage.writes import Row

_RESERVE = (
    update(RUNS)
    .where(
        RUNS.c.id == bindparam("run"),
        or_(RUNS.c.budget_nano.is_(None), RUNS.c.booked_nano + bindparam("nano") <= RUNS.c.budget_nano),
    )
    .values(booked_nano=RUNS.c.booked_nano + bindparam("nano"))
)


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


def reserve(connection: Connection, attempt: Row) -> bool:
    """Book the worst case of an attempt, and write the attempt down; False where it does not fit.

    Args:
        connection: A connection within a transaction that may write.
        attempt: The attempt's row.
    """
    wanted = {"run": attempt["run_id"], "nano": attempt["reserved_nano"] or 0}
    if not connection.execute(_RESERVE, wanted).rowcount:
        return False
    connection.execute(insert(ATTEMPTS), attempt)
    return True


def books(connection: Connection, run: str) -> Books:
    """Give a run's sums."""
    query = select(RUNS.c.budget_nano, RUNS.c.booked_nano, RUNS.c.over_nano).where(RUNS.c.id == run)
    row = connection.execute(query).one()
    calls = select(OPINIONS.c.call).where(OPINIONS.c.run_id == run)
    of_opinions = select(func.sum(ATTEMPTS.c.booked_nano)).where(
        ATTEMPTS.c.run_id == run, ATTEMPTS.c.trial.in_(calls)
    )
    return Books(row.budget_nano, row.booked_nano, row.over_nano, connection.scalar(of_opinions) or 0)
