"""A stored run, read back as the document that every report is drawn from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.assembly import Entry, assemble
from pytest_llmbench.report.document import RunDocument, RunPart, TaskPart
from pytest_llmbench.report.samples import sample_part
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.storage.records import RunInfo, read, trial_of

_TASKS = "SELECT body FROM tasks WHERE run_id = ? ORDER BY position"
_MODELS = "SELECT body FROM models WHERE run_id = ? ORDER BY position"
_OPINIONS = "SELECT trial, body FROM opinions WHERE run_id = ? AND body IS NOT NULL"
_LAST_JUDGED = "SELECT max(judged) FROM scorecards WHERE run_id = ?"
_TEXTS = """
    SELECT hash, text FROM texts WHERE hash IN (
        SELECT prompt FROM trials WHERE run_id = :run UNION SELECT system FROM trials WHERE run_id = :run
    )
"""
_SAMPLES = """
    SELECT
        trials.*,
        scorecards.body AS card,
        scorecards.answer AS answer,
        last.body AS completion,
        opinions.body AS opinion
    FROM trials
    JOIN scorecards ON scorecards.run_id = trials.run_id AND scorecards.trial = trials.key
    JOIN tasks ON tasks.run_id = trials.run_id AND tasks.suite = trials.suite AND tasks.id = trials.task
    LEFT JOIN (
        SELECT trial, body, max(received) FROM completions WHERE run_id = :run GROUP BY trial
    ) AS last ON last.trial = trials.key
    LEFT JOIN opinions ON opinions.run_id = trials.run_id AND opinions.trial = trials.key
    WHERE trials.run_id = :run
    ORDER BY tasks.position, trials.model, trials.sample
"""


def load_document(connection: sqlite3.Connection, row: sqlite3.Row) -> RunDocument:
    """Give a run as a document; one that has not ended has in it what is there by now.

    Args:
        connection: A connection within a transaction.
        row: The run's row.

    Raises:
        StorageError: A value cannot be read.
    """
    run = str(row["id"])
    info = read(RunInfo, str(row["body"]), f"run {run}")
    tasks = [
        read(TaskPart, str(body), f"a task of run {run}") for (body,) in connection.execute(_TASKS, (run,))
    ]
    models = [
        read(Model, str(body), f"a model of run {run}") for (body,) in connection.execute(_MODELS, (run,))
    ]
    entries = _entries(connection, run, tasks, {model.id: model for model in models})
    return assemble(_run_part(connection, info, row), entries, models)


def load_opinions(connection: sqlite3.Connection, run: str) -> dict[str, Opinion]:
    """Give what judges thought of a run's answers, by the keys of the trials.

    Raises:
        StorageError: One cannot be read.
    """
    return {
        str(key): read(Opinion, str(body), f"an opinion of run {run}")
        for key, body in connection.execute(_OPINIONS, (run,))
    }


def texts_of(connection: sqlite3.Connection, run: str) -> dict[str, str]:
    """Give the texts that a run's trials share, by their hashes."""
    return {str(key): str(text) for key, text in connection.execute(_TEXTS, {"run": run})}


def _run_part(connection: sqlite3.Connection, info: RunInfo, row: sqlite3.Row) -> RunPart:
    """Give the run as a whole; one that was never ended lasted until its last scorecard."""
    duration = row["duration_s"]
    if duration is None:
        (last,) = connection.execute(_LAST_JUDGED, (info.id,)).fetchone()
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


def _entries(
    connection: sqlite3.Connection, run: str, tasks: list[TaskPart], models: dict[str, Model]
) -> Iterator[Entry]:
    texts = texts_of(connection, run)
    parts = {(task.suite, task.id): task for task in tasks}
    for row in connection.execute(_SAMPLES, {"run": run}):
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
