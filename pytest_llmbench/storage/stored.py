"""What is stored, read back: runs for a list, a run as the document that reports are drawn from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.errors import StorageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.report.assembly import Entry, assemble
from pytest_llmbench.report.document import RunDocument, RunPart, TaskPart
from pytest_llmbench.report.samples import sample_part
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.storage.database import Database, path_of
from pytest_llmbench.storage.journal import Journal
from pytest_llmbench.storage.records import RunInfo, now, read, trial_of
from pytest_llmbench.storage.schema import (
    BASELINES,
    COMPLETIONS,
    MODELS,
    RUNS,
    SCORECARDS,
    TASKS,
    TEXTS,
    TRIALS,
)
from pytest_llmbench.values import Value

LATEST = "latest"


class StoredRun(Value):
    """A run in a list. `status` is running, finished or interrupted; a run that was killed stays running.

    `trials` is how many there are, `completed` how many of them have a completion, `judged` how many
    a scorecard that says something about the model. `names` are the baselines that it is.
    """

    id: str
    started: datetime
    status: str
    duration_s: float | None
    info: RunInfo
    models: tuple[str, ...]
    tasks: tuple[str, ...]
    trials: int
    completed: int
    names: tuple[str, ...] = ()


class Storage:
    """All runs of one database. Safe beside other processes that read and write it.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, url: str, folder: Path, *, make: bool = True) -> Storage:
        """Open a storage, and bring its schema up to date.

        Args:
            url: Its address, `sqlite:///PATH`.
            folder: What a relative path starts at.
            make: Whether to make one where there is none.

        Raises:
            StorageError: It cannot be used; the text says why.
        """
        path = path_of(url, folder)
        if not make and not path.exists():
            raise StorageError(f"nothing is stored yet: there is no {path}; a benchmark run makes it")
        storage = cls(Database(path))
        storage.database.create()
        return storage

    def begin(self, info: RunInfo) -> Journal:
        """Begin a run, or go on with one that has the same id."""
        return Journal(self.database, info)

    def runs(self) -> list[StoredRun]:
        """List all runs, the latest first.

        Raises:
            StorageError: They cannot be read.
        """
        with self.database.reading() as connection:
            rows = connection.execute(select(RUNS).order_by(RUNS.c.started.desc(), RUNS.c.id)).mappings()
            return [_stored_run(connection, row) for row in rows.all()]

    def find(self, wanted: str) -> str:
        """Find a run by a baseline's name, its id, the beginning of its id, or as `latest`.

        Returns:
            Its id.

        Raises:
            StorageError: There is none, or there are several.
        """
        with self.database.reading() as connection:
            named = connection.scalar(select(BASELINES.c.run_id).where(BASELINES.c.name == wanted))
            if named is not None:
                return str(named)
            query = select(RUNS.c.id).order_by(RUNS.c.started.desc())
            ids = [str(key) for key in connection.scalars(query)]
        found = ids[:1] if wanted == LATEST else [key for key in ids if key.startswith(wanted)]
        if len(found) == 1 and wanted:
            return found[0]
        several = bool(wanted and found)
        what = f"{len(found)} runs begin with {wanted!r}" if several else f"no run is called {wanted!r}"
        raise StorageError(
            f"{what} in {self.database.path}: python -m pytest_llmbench runs list shows all of them"
        )

    def load(self, run: str) -> RunDocument:
        """Give a run, by its id, as the document that every report is drawn from.

        A run that has not ended has in it what is there by now.

        Raises:
            StorageError: It cannot be read.
        """
        with self.database.reading() as connection:
            row = _run_row(connection, run)
            info = read(RunInfo, row["body"], f"run {run}")
            tasks = [read(TaskPart, body, f"a task of run {run}") for body in _bodies(connection, TASKS, run)]
            models = [read(Model, body, f"a model of run {run}") for body in _bodies(connection, MODELS, run)]
            entries = _entries(connection, run, tasks, {model.id: model for model in models})
            return assemble(_run_part(connection, info, row), entries, models)

    def name(self, name: str, run: str) -> None:
        """Make a run a baseline; the name moves where another run has it.

        Raises:
            StorageError: It cannot be written, or there is no such run.
        """
        with self.database.writing() as connection:
            _run_row(connection, run)
            row = insert(BASELINES).values(name=name, run_id=run, saved=now())
            moved = {"run_id": row.excluded.run_id, "saved": row.excluded.saved}
            connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=moved))

    def baselines(self) -> dict[str, str]:
        """Give the ids of all named runs, by their names."""
        with self.database.reading() as connection:
            rows = connection.execute(select(BASELINES.c.name, BASELINES.c.run_id).order_by(BASELINES.c.name))
            return {str(name): str(run) for name, run in rows}

    def completions(self, run: str, keys: list[str]) -> dict[str, Completion]:
        """Give the completions of trials of a run, by their keys; of several of one trial the last.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(COMPLETIONS.c.trial, COMPLETIONS.c.body)
            .where(COMPLETIONS.c.run_id == run, COMPLETIONS.c.trial.in_(keys))
            .order_by(COMPLETIONS.c.received)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return {str(key): read(Completion, body, f"the completion of trial {key}") for key, body in rows}

    def finish(self, run: str, status: str, duration_s: float) -> bool:
        """Write down that a run has ended.

        Args:
            run: Its id.
            status: finished or interrupted.
            duration_s: Seconds that it took.

        Returns:
            Whether there is such a run.

        Raises:
            StorageError: It cannot be written.
        """
        ending = update(RUNS).where(RUNS.c.id == run).values(status=status, duration_s=duration_s)
        with self.database.writing() as connection:
            return connection.execute(ending).rowcount > 0

    def delete(self, runs: list[str]) -> None:
        """Delete runs, and give their room back.

        Raises:
            StorageError: They cannot be deleted.
        """
        with self.database.writing() as connection:
            connection.execute(delete(RUNS).where(RUNS.c.id.in_(runs)))
            used = select(TRIALS.c.prompt).union(select(TRIALS.c.system))
            connection.execute(delete(TEXTS).where(TEXTS.c.hash.not_in(used)))
        self.database.shrink()


def _stored_run(connection: Connection, row: RowMapping) -> StoredRun:
    run = row["id"]
    info = read(RunInfo, row["body"], f"run {run}")

    def column(query: Select[Any]) -> tuple[str, ...]:
        return tuple(map(str, connection.scalars(query)))

    trials = connection.scalar(select(func.count()).select_from(TRIALS).where(TRIALS.c.run_id == run))
    completed = connection.scalar(
        select(func.count(COMPLETIONS.c.trial.distinct())).where(COMPLETIONS.c.run_id == run)
    )
    return StoredRun(
        id=run,
        started=info.started,
        status=row["status"],
        duration_s=row["duration_s"],
        info=info,
        models=column(select(MODELS.c.id).where(MODELS.c.run_id == run).order_by(MODELS.c.position)),
        tasks=column(select(TASKS.c.id).where(TASKS.c.run_id == run).order_by(TASKS.c.position)),
        trials=trials or 0,
        completed=completed or 0,
        names=column(select(BASELINES.c.name).where(BASELINES.c.run_id == run)),
    )


def _run_row(connection: Connection, run: str) -> RowMapping:
    row = connection.execute(select(RUNS).where(RUNS.c.id == run)).mappings().first()
    if row is None:
        raise StorageError(f"no run has the id {run!r}")
    return row


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
        )
        .join(SCORECARDS, (SCORECARDS.c.run_id == TRIALS.c.run_id) & (SCORECARDS.c.trial == TRIALS.c.key))
        .join(TASKS, same_task)
        .join(last, last.c.trial == TRIALS.c.key, isouter=True)
        .where(TRIALS.c.run_id == run)
        .order_by(TASKS.c.position, TRIALS.c.model, TRIALS.c.sample)
    )
    for row in connection.execute(query).mappings():
        key = (row["suite"], row["task"])
        if key not in parts or row["model"] not in models:
            continue
        what = f"sample {row['sample']} of {row['task']} by {row['model']}"
        completion, answer = row["completion"], row["answer"]
        yield Entry(
            task=parts[key],
            model=row["model"],
            sample=sample_part(
                trial_of(dict(row), texts[row["prompt"]], texts[row["system"]]),
                read(Scorecard, row["card"], what),
                models[row["model"]],
                completion=None if completion is None else read(Completion, completion, what),
                answer=None if answer is None else read(Answer, answer, what),
            ),
        )
