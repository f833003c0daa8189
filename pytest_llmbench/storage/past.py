"""Totals of earlier runs, for a picture of how scores went: nothing else of those runs is read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from pytest_llmbench.scoring.scorecard import JUDGED
from pytest_llmbench.storage.records import RunInfo, read

TaskKey = tuple[str, str]
"""A suite, and a task's id in it."""

_RUNS = """
    SELECT runs.id, runs.body FROM runs JOIN tasks ON tasks.run_id = runs.id
    WHERE runs.started < :before AND tasks.hash IN (SELECT value FROM json_each(:hashes))
    GROUP BY runs.id HAVING count(*) >= :number
    ORDER BY runs.started DESC, runs.id
"""
_HASHES = "SELECT suite, id, hash FROM tasks WHERE run_id = ?"
# A row per task, not per sample: Python lets other threads go first at each row, which are busy in a run.
_TOTALS = """
    SELECT trials.model, trials.suite, trials.task, group_concat(quote(scorecards.total), ' ')
    FROM trials JOIN scorecards ON scorecards.run_id = trials.run_id AND scorecards.trial = trials.key
    WHERE trials.run_id = :run AND scorecards.total IS NOT NULL
    AND scorecards.status IN (SELECT value FROM json_each(:judged))
    GROUP BY trials.model, trials.suite, trials.task
"""


class PastTotals(NamedTuple):
    """What an earlier run scored: by model and task the totals of its judged samples, the lowest first."""

    info: RunInfo
    totals: Mapping[str, Mapping[TaskKey, list[float]]]


def past_totals(
    connection: sqlite3.Connection, before: datetime, tasks: Mapping[TaskKey, str], models: Collection[str]
) -> Iterator[PastTotals]:
    """Give earlier runs that had all of these tasks in this very state, the latest first.

    Args:
        connection: A connection within a transaction.
        before: Only runs that started earlier.
        tasks: The tasks' hashes.
        models: Only totals of these models, by their ids.

    Raises:
        StorageError: A value cannot be read.
    """
    hashes = json.dumps(sorted(set(tasks.values())))
    wanted = {"before": before.isoformat(), "hashes": hashes, "number": len(tasks)}
    for run, body in connection.execute(_RUNS, wanted).fetchall():
        if tasks.items() <= _hashes(connection, run).items():
            info = read(RunInfo, body, f"run {run}")
            yield PastTotals(info, _totals(connection, run, tasks, models))


def _hashes(connection: sqlite3.Connection, run: str) -> dict[TaskKey, str]:
    rows = connection.execute(_HASHES, (run,))
    return {(str(suite), str(id_)): str(hash_) for suite, id_, hash_ in rows}


def _totals(
    connection: sqlite3.Connection, run: str, tasks: Collection[TaskKey], models: Collection[str]
) -> dict[str, dict[TaskKey, list[float]]]:
    judged = {"run": run, "judged": json.dumps(sorted(JUDGED))}
    found: dict[str, dict[TaskKey, list[float]]] = {}
    for model, suite, task, totals in connection.execute(_TOTALS, judged):
        if model in models and (suite, task) in tasks:
            found.setdefault(model, {})[suite, task] = sorted(map(float, totals.split()))
    return found
