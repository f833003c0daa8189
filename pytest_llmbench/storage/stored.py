"""What is stored, read back: runs for a list, a run as the document that reports are drawn from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

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
from pytest_llmbench.values import Value

LATEST = "latest"
RUNNING = "running"
BROKEN_OFF = "broken off"

_RUN = "SELECT * FROM runs WHERE id = ?"
_RUNS = "SELECT * FROM runs ORDER BY started DESC, id"
_IDS = "SELECT id FROM runs ORDER BY started DESC"
_NAMED = "SELECT run_id FROM baselines WHERE name = ?"
_NAME = """
    INSERT INTO baselines (name, run_id, saved) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET run_id = excluded.run_id, saved = excluded.saved
"""
_BASELINES = "SELECT name, run_id FROM baselines ORDER BY name"
_TRIALS = "SELECT key FROM trials WHERE run_id = ?"
_ANSWERED = "SELECT trial FROM completions WHERE run_id = ?"
_FINISH = "UPDATE runs SET status = ?, duration_s = ? WHERE id = ?"
_DELETE = "DELETE FROM runs WHERE id IN (SELECT value FROM json_each(?))"
_DELETE_TEXTS = """
    DELETE FROM texts WHERE hash NOT IN (SELECT prompt FROM trials UNION SELECT system FROM trials)
"""
_MODELS = "SELECT id FROM models WHERE run_id = ? ORDER BY position"
_TASKS = "SELECT id FROM tasks WHERE run_id = ? ORDER BY position"
_NAMES = "SELECT name FROM baselines WHERE run_id = ?"
_COUNTS = """
    SELECT
        (
            SELECT count(*) FROM trials WHERE run_id = :run
            AND key NOT IN (SELECT call FROM opinions WHERE run_id = :run)
        ) AS trials,
        (
            SELECT count(DISTINCT trial) FROM completions WHERE run_id = :run
            AND trial NOT IN (SELECT call FROM opinions WHERE run_id = :run)
        ) AS completed
"""


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
            return [self._stored(connection, row) for row in connection.execute(_RUNS).fetchall()]

    def find(self, wanted: str) -> str:
        """Find a run by a baseline's name, its id, the beginning of its id, or as `latest`.

        Returns:
            Its id.

        Raises:
            StorageError: There is none, or there are several.
        """
        with self.database.reading() as connection:
            if named := _column(connection, _NAMED, wanted):
                return named[0]
            ids = [str(key) for (key,) in connection.execute(_IDS)]
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
            connection.execute(_NAME, (name, run, now()))

    def baselines(self) -> dict[str, str]:
        """Give the ids of all named runs, by their names."""
        with self.database.reading() as connection:
            return {str(name): str(run) for name, run in connection.execute(_BASELINES)}

    def known(self, run: str, keys: Collection[str]) -> int:
        """Say how many of these trials a run has.

        Raises:
            StorageError: It cannot be read.
        """
        with self.database.reading() as connection:
            return len(set(_column(connection, _TRIALS, run)) & set(keys))

    def answered(self, run: str) -> frozenset[str]:
        """Give the keys of a run's trials that have a completion.

        Raises:
            StorageError: It cannot be read.
        """
        with self.database.reading() as connection:
            return frozenset(_column(connection, _ANSWERED, run))

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
        with self.database.writing() as connection:
            return connection.execute(_FINISH, (status, duration_s, run)).rowcount > 0

    def _stored(self, connection: sqlite3.Connection, row: sqlite3.Row) -> StoredRun:
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
            connection.execute(_DELETE, (json.dumps(runs),))
            connection.execute(_DELETE_TEXTS)
        self.database.shrink()


def _stored_run(connection: sqlite3.Connection, row: sqlite3.Row) -> StoredRun:
    run = str(row["id"])
    info = read(RunInfo, str(row["body"]), f"run {run}")
    counts = connection.execute(_COUNTS, {"run": run}).fetchone()
    return StoredRun(
        id=run,
        started=info.started,
        status=row["status"],
        duration_s=row["duration_s"],
        info=info,
        models=_column(connection, _MODELS, run),
        tasks=_column(connection, _TASKS, run),
        trials=counts["trials"],
        completed=counts["completed"],
        names=_column(connection, _NAMES, run),
    )


def _column(connection: sqlite3.Connection, query: str, of: str) -> tuple[str, ...]:
    return tuple(str(found) for (found,) in connection.execute(query, (of,)))


def _run_row(connection: sqlite3.Connection, run: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(_RUN, (run,)).fetchone()
    if row is None:
        raise StorageError(f"no run has the id {run!r}")
    return row
