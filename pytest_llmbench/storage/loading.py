"""A stored run, read back as the document that every report is drawn from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, select

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.assembly import Entry, assemble
from pytest_llmbench.report.document import RunDocument, RunPart, TaskPart
from pytest_llmbench.report.samples import sample_part
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.storage.records import RunInfo, read, trial_of
from pytest_llmbench.storage.schema import COMPLETIONS, MODELS, OPINIONS, SCORECARDS, TASKS, TEXTS, TRIALS


def load_document(connection: Connection, row: RowMapping) -> RunDocument:
    """Give a run as a document; one that has not ended has in it what is there by now.

    Args:
        connection: A connection within a transaction.
        row: The run's row.

    Raises:
        StorageError: A value cannot be read.
    """
    run = row["id"]
    info = read(RunInfo, row["body"], f"run {run}")
    tasks = [read(TaskPart, body, f"a task of run {run}") for body in _bodies(connection, TASKS, run)]
    models = [read(Model, body, f"a model of run {run}") for body in _bodies(connection, MODELS, run)]
    entries = _entries(connection, run, tasks, {model.id: model for model in models})
    return assemble(_run_part(connection, info, row), entries, models)


def load_opinions(connection: Connection, run: str) -> dict[str, Opinion]:
    """Give what judges thought of a run's answers, by the keys of the trials.

    Raises:
        StorageError: One cannot be read.
    """
    query = select(OPINIONS.c.trial, OPINIONS.c.body).where(
        OPINIONS.c.run_id == run, OPINIONS.c.body.is_not(None)
    )
    return {
        str(key): read(Opinion, str(body), f"an opinion of run {run}")
        for key, body in connection.execute(query)
    }


def _bodies(connection: Connection, table: Any, run: str) -> list[str]:
    query = select(table.c.body).where(table.c.run_id == run).order_by(table.c.position)
    return [str(body) for body in connection.scalars(query)]


def _run_part(connection: Connection, info: RunInfo, row: RowMapping) -> RunPart:
    """Give the run as a whole; one that was never ended lasted until its last scorecard."""
    duration = row["duration_s"]
    if duration is None:
        last = connection.scalar(select(func.max(SCORECARDS.c.judged)).where(SCORECARDS.c.run_id == info.id))
        duration = 0.0 if last is None else (datetime.fromisoformat(last) - info.started).total_seconds()
    return RunPart(
        id=info.id,
        started=info.started,
        duration_s=round(max(0.0, duration), 2),
        sandbox=info.sandbox,
        samples=info.samples,
        versions=info.versions,
        pass_mark=info.pass_mark,
        weights=info.weights,
        caps=info.caps,
        costs=info.costs,
        command=info.command,
        origin=info.origin,
    )


def _texts(connection: Connection, run: str) -> dict[str, str]:
    used = select(TRIALS.c.prompt).where(TRIALS.c.run_id == run)
    used_too = select(TRIALS.c.system).where(TRIALS.c.run_id == run)
    query = select(TEXTS.c.hash, TEXTS.c.text).where(TEXTS.c.hash.in_(used.union(used_too)))
    return {str(key): str(text) for key, text in connection.execute(query)}


def _entries(
    connection: Connection, run: str, tasks: list[TaskPart], models: dict[str, Model]
) -> Iterator[Entry]:
    texts = _texts(connection, run)
    parts = {(task.suite, task.id): task for task in tasks}
    same_task = and_(
        TASKS.c.run_id == TRIALS.c.run_id, TASKS.c.suite == TRIALS.c.suite, TASKS.c.id == TRIALS.c.task
    )
    last = (
        select(COMPLETIONS.c.trial, COMPLETIONS.c.body, func.max(COMPLETIONS.c.received))
        .where(COMPLETIONS.c.run_id == run)
        .group_by(COMPLETIONS.c.trial)
        .subquery()
    )
    query = (
        select(
            TRIALS,
            SCORECARDS.c.body.label("card"),
            SCORECARDS.c.answer,
            last.c.body.label("completion"),
            OPINIONS.c.body.label("opinion"),
        )
        .join(SCORECARDS, (SCORECARDS.c.run_id == TRIALS.c.run_id) & (SCORECARDS.c.trial == TRIALS.c.key))
        .join(TASKS, same_task)
        .join(last, last.c.trial == TRIALS.c.key, isouter=True)
        .join(
            OPINIONS,
            (OPINIONS.c.run_id == TRIALS.c.run_id) & (OPINIONS.c.trial == TRIALS.c.key),
            isouter=True,
        )
        .where(TRIALS.c.run_id == run)
        .order_by(TASKS.c.position, TRIALS.c.model, TRIALS.c.sample)
    )
    for row in connection.execute(query).mappings():
        key = (row["suite"], row["task"])
        if key not in parts or row["model"] not in models:
            continue
        what = f"sample {row['sample']} of {row['task']} by {row['model']}"
        completion, answer, opinion = row["completion"], row["answer"], row["opinion"]
        yield Entry(
            task=parts[key],
            model=row["model"],
            sample=sample_part(
                trial_of(dict(row), texts[row["prompt"]], texts[row["system"]]),
                read(Scorecard, row["card"], what),
                models[row["model"]],
                completion=None if completion is None else read(Completion, completion, what),
                answer=None if answer is None else read(Answer, answer, what),
                opinion=None if opinion is None else read(Opinion, opinion, what),
            ),
        )
