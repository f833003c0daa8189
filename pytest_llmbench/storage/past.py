"""Totals of earlier runs, for a picture of how scores went: nothing else of those runs is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from pytest_llmbench.scoring.scorecard import JUDGED
from pytest_llmbench.storage.records import RunInfo, read
from pytest_llmbench.storage.schema import RUNS, SCORECARDS, TASKS, TRIALS

TaskKey = tuple[str, str]
"""A suite, and a task's id in it."""


class PastTotals(NamedTuple):
    """What an earlier run scored: by model and task the totals of its judged samples."""

    info: RunInfo
    totals: Mapping[str, Mapping[TaskKey, list[float]]]


def past_totals(
    connection: Connection, before: datetime, tasks: Mapping[TaskKey, str], models: Collection[str]
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
    hashes = set(tasks.values())
    query = (
        select(RUNS.c.id, RUNS.c.body)
        .join(TASKS, TASKS.c.run_id == RUNS.c.id)
        .where(RUNS.c.started < before.isoformat(), TASKS.c.hash.in_(hashes))
        .group_by(RUNS.c.id)
        .having(func.count() >= len(tasks))
        .order_by(RUNS.c.started.desc(), RUNS.c.id)
    )
    for run, body in connection.execute(query).all():
        if tasks.items() <= _hashes(connection, run).items():
            info = read(RunInfo, body, f"run {run}")
            yield PastTotals(info, _totals(connection, run, tasks, models))


def _hashes(connection: Connection, run: str) -> dict[TaskKey, str]:
    query = select(TASKS.c.suite, TASKS.c.id, TASKS.c.hash).where(TASKS.c.run_id == run)
    return {(str(suite), str(id_)): str(hash_) for suite, id_, hash_ in connection.execute(query)}


def _totals(
    connection: Connection, run: str, tasks: Collection[TaskKey], models: Collection[str]
) -> dict[str, dict[TaskKey, list[float]]]:
    query = (
        select(TRIALS.c.model, TRIALS.c.suite, TRIALS.c.task, SCORECARDS.c.total)
        .join(SCORECARDS, (SCORECARDS.c.run_id == TRIALS.c.run_id) & (SCORECARDS.c.trial == TRIALS.c.key))
        .where(TRIALS.c.run_id == run, SCORECARDS.c.status.in_(JUDGED), SCORECARDS.c.total.is_not(None))
        .order_by(TRIALS.c.model, TRIALS.c.suite, TRIALS.c.task, TRIALS.c.sample)
    )
    found: dict[str, dict[TaskKey, list[float]]] = {}
    for model, suite, task, total in connection.execute(query):
        if model in models and (suite, task) in tasks:
            found.setdefault(model, {}).setdefault((suite, task), []).append(total)
    return found
