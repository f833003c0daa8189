"""How far a run has come, read from what is stored of it: so one process sees what all of them do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from pytest_llmbench.completions.budget import NANO
from pytest_llmbench.models.model import Model
from pytest_llmbench.report.progress import Progress
from pytest_llmbench.scoring.scorecard import JUDGED
from pytest_llmbench.storage.records import RunInfo, read
from pytest_llmbench.storage.schema import ATTEMPTS, COMPLETIONS, MODELS, RUNS, SCORECARDS, TRIALS


def progress_of(connection: Connection, run: str, since: str) -> Progress:
    """Count; what plain tests ask is left out, since none of it is judged.

    Args:
        connection: A connection within a transaction.
        run: The run's id.
        since: When the session began: what was in flight and what was judged before, of a run that is gone
            on with, was so in another session.
    """
    tried = _count(ATTEMPTS.c.run_id == run, ATTEMPTS.c.started >= since)
    cards = _count(SCORECARDS.c.run_id == run, SCORECARDS.c.judged >= since)
    of_tasks = and_(TRIALS.c.run_id == run, TRIALS.c.suite != "")
    has_answer = and_(COMPLETIONS.c.run_id == TRIALS.c.run_id, COMPLETIONS.c.trial == TRIALS.c.key)

    def number(query: Select[Any]) -> int:
        return connection.scalar(query) or 0

    judged = number(cards.where(SCORECARDS.c.status.in_(sorted(JUDGED))))
    spent, partly = _spent(connection, run)
    return Progress(
        trials=number(_count(of_tasks)),
        in_flight=number(tried.where(ATTEMPTS.c.ended.is_(None))),
        answered=number(_count(of_tasks, select(COMPLETIONS.c.id).where(has_answer).exists())),
        judged=judged,
        failed=number(cards) - judged,
        retried=number(tried.where(ATTEMPTS.c.number > 1)),
        spent_usd=spent,
        partly=partly,
    )


def _count(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).where(*conditions)


def _spent(connection: Connection, run: str) -> tuple[float | None, bool]:
    """Give what attempts that are over were booked at, and whether some models' prices are not known."""
    bodies = connection.scalars(select(MODELS.c.body).where(MODELS.c.run_id == run))
    models = [read(Model, body, f"a model of run {run}") for body in bodies]
    begun = connection.scalar(select(RUNS.c.body).where(RUNS.c.id == run))
    judge = None if begun is None else read(RunInfo, begun, f"run {run}").judge
    models += [judge] if judge is not None else []
    priced = [model.embedded or model.price_output is not None for model in models]
    if not any(priced):
        return None, False
    booked = select(func.sum(ATTEMPTS.c.booked_nano)).where(
        ATTEMPTS.c.run_id == run, ATTEMPTS.c.ended.is_not(None)
    )
    return (connection.scalar(booked) or 0) / NANO, not all(priced)
