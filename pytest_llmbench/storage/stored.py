"""What is stored, read back: runs for a list, a run as the document that reports are drawn from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from pytest_llmbench.errors import StorageError
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.progress import Progress
from pytest_llmbench.storage.booking import Books, books
from pytest_llmbench.storage.claim import SHORT_ID, Claim, claimed
from pytest_llmbench.storage.database import Database, path_of
from pytest_llmbench.storage.journal import Journal
from pytest_llmbench.storage.loading import load_document, load_opinions
from pytest_llmbench.storage.progress import progress_of
from pytest_llmbench.storage.records import RunInfo, now, read
from pytest_llmbench.storage.schema import (
    BASELINES,
    COMPLETIONS,
    MODELS,
    OPINIONS,
    RUNS,
    TASKS,
    TEXTS,
    TRIALS,
)
from pytest_llmbench.values import Value

LATEST = "latest"
RUNNING = "running"
BROKEN_OFF = "broken off"


class StoredRun(Value):
    """A run in a list. `status` is running, finished, interrupted, or broken off where it was killed.

    `trials` is how many there are, `completed` how many of them have a completion, `judged` how many
    a scorecard that says something about the model; what judges were asked is in none of the three. `names`
    are the baselines that it is.
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

    def begin(self, info: RunInfo, *, resumed: bool = False, budget: int | None = None) -> Journal:
        """Begin a run, or take part in one that has the same id.

        Args:
            info: The run.
            resumed: Whether completions that it has already are used.
            budget: What may be booked, in billionths of a USD; None for any sum.
        """
        return Journal(self.database, info, resumed=resumed, budget=budget)

    def books(self, run: str) -> Books:
        """Give what a run has booked.

        Raises:
            StorageError: It cannot be read.
        """
        with self.database.reading() as connection:
            return books(connection, run)

    def progress(self, run: str, since: str) -> Progress:
        """Say how far a run has come, of what has happened since some time.

        Raises:
            StorageError: It cannot be read.
        """
        with self.database.reading() as connection:
            return progress_of(connection, run, since)

    def claim(self, run: str) -> Claim:
        """Say that this process works on a run.

        Raises:
            StorageError: Another one does.
        """
        return Claim(self.database.path, run)

    def run(self, run: str) -> StoredRun:
        """Give one run, by its id.

        Raises:
            StorageError: There is none, or it cannot be read.
        """
        with self.database.reading() as connection:
            return self._stored(connection, _run_row(connection, run))

    def runs(self) -> list[StoredRun]:
        """List all runs, the latest first.

        Raises:
            StorageError: They cannot be read.
        """
        with self.database.reading() as connection:
            rows = connection.execute(select(RUNS).order_by(RUNS.c.started.desc(), RUNS.c.id)).mappings()
            return [self._stored(connection, row) for row in rows.all()]

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
            return load_document(connection, _run_row(connection, run))

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

    def known(self, run: str, keys: Collection[str]) -> int:
        """Say how many of these trials a run has.

        Raises:
            StorageError: It cannot be read.
        """
        with self.database.reading() as connection:
            found = connection.scalars(select(TRIALS.c.key).where(TRIALS.c.run_id == run))
            return len(set(map(str, found)) & set(keys))

    def answered(self, run: str) -> frozenset[str]:
        """Give the keys of a run's trials that have a completion.

        Raises:
            StorageError: It cannot be read.
        """
        with self.database.reading() as connection:
            return frozenset(
                map(str, connection.scalars(select(COMPLETIONS.c.trial).where(COMPLETIONS.c.run_id == run)))
            )

    def opinions(self, run: str) -> dict[str, Opinion]:
        """Give what judges thought of a run's answers, by the keys of its trials."""
        with self.database.reading() as connection:
            return load_opinions(connection, run)

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

    def _stored(self, connection: Connection, row: RowMapping) -> StoredRun:
        found = _stored_run(connection, row)
        if found.status == RUNNING and not claimed(self.database.path, found.id):
            return found.model_copy(update={"status": BROKEN_OFF})
        return found

    def delete(self, runs: list[str]) -> None:
        """Delete runs, and give their room back.

        Raises:
            StorageError: They cannot be deleted.
        """
        for run in runs:
            if claimed(self.database.path, run):
                raise StorageError(f"run {run[:SHORT_ID]} is under way: wait for its end, or stop it")
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

    calls = select(OPINIONS.c.call).where(OPINIONS.c.run_id == run)
    trials = connection.scalar(
        select(func.count()).select_from(TRIALS).where(TRIALS.c.run_id == run, TRIALS.c.key.not_in(calls))
    )
    completed = connection.scalar(
        select(func.count(COMPLETIONS.c.trial.distinct())).where(
            COMPLETIONS.c.run_id == run, COMPLETIONS.c.trial.not_in(calls)
        )
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
