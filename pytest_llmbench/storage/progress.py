"""How far a run has come, read from what is stored of it: so one process sees what all of them do."""

from __future__ import annotations

import json
import sqlite3

from pytest_llmbench.completions.budget import NANO
from pytest_llmbench.models.model import Model
from pytest_llmbench.report.progress import Progress
from pytest_llmbench.scoring.scorecard import JUDGED
from pytest_llmbench.storage.records import RunInfo, read

_COUNTS = """
    SELECT
        (SELECT count(*) FROM trials WHERE run_id = :run AND suite != '') AS trials,
        (
            SELECT count(*) FROM attempts WHERE run_id = :run AND started >= :since AND ended IS NULL
        ) AS in_flight,
        (
            SELECT count(*) FROM trials WHERE run_id = :run AND suite != '' AND EXISTS (
                SELECT id FROM completions
                WHERE completions.run_id = trials.run_id AND completions.trial = trials.key
            )
        ) AS answered,
        (
            SELECT count(*) FROM scorecards WHERE run_id = :run AND judged >= :since
            AND status IN (SELECT value FROM json_each(:judged))
        ) AS judged,
        (
            SELECT count(*) FROM scorecards WHERE run_id = :run AND judged >= :since
            AND status NOT IN (SELECT value FROM json_each(:judged))
        ) AS failed,
        (
            SELECT count(*) FROM attempts WHERE run_id = :run AND started >= :since AND number > 1
        ) AS retried
"""
"""By the names of their fields."""
_MODELS = "SELECT body FROM models WHERE run_id = ?"
_RUN = "SELECT body FROM runs WHERE id = ?"
_BOOKED = "SELECT sum(booked_nano) FROM attempts WHERE run_id = ? AND ended IS NOT NULL"


def progress_of(connection: sqlite3.Connection, run: str, since: str) -> Progress:
    """Count; what plain tests ask is left out, since none of it is judged.

    Args:
        connection: A connection within a transaction.
        run: The run's id.
        since: When the session began: what was in flight and what was judged before, of a run that is gone
            on with, was so in another session.
    """
    given = {"run": run, "since": since, "judged": json.dumps(sorted(JUDGED))}
    counts = dict(connection.execute(_COUNTS, given).fetchone())
    spent, partly = _spent(connection, run)
    return Progress(**counts, spent_usd=spent, partly=partly)


def _spent(connection: sqlite3.Connection, run: str) -> tuple[float | None, bool]:
    """Give what attempts that are over were booked at, and whether some models' prices are not known."""
    bodies = connection.execute(_MODELS, (run,))
    models = [read(Model, str(body), f"a model of run {run}") for (body,) in bodies]
    begun = connection.execute(_RUN, (run,)).fetchone()
    judge = None if begun is None else read(RunInfo, str(begun["body"]), f"run {run}").judge
    models += [judge] if judge is not None else []
    priced = [model.embedded or model.price_output is not None for model in models]
    if not any(priced):
        return None, False
    (booked,) = connection.execute(_BOOKED, (run,)).fetchone()
    return (booked or 0) / NANO, not all(priced)
