"""A run as one JSON file: to keep, to pass on, to be judged again elsewhere, to be replayed.

The file is the run's rows, table by table, with values as JSON objects. More keys may be added; those
that are here stay.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.errors import StorageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import TaskPart
from pytest_llmbench.report.files import write_whole
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.storage.database import Database
from pytest_llmbench.storage.loading import texts_of
from pytest_llmbench.storage.records import RunInfo, read
from pytest_llmbench.storage.rescue import SUFFIX, read_rescue
from pytest_llmbench.storage.schema import (
    ATTEMPTS,
    COMPLETIONS,
    MODELS,
    OPINIONS,
    RUNS,
    SCORECARDS,
    TASKS,
    TRIALS,
    Table,
)
from pytest_llmbench.storage.writes import Kind, Row, Write, put

_TABLES: tuple[tuple[str, Kind, Table], ...] = (
    ("tasks", "task", TASKS),
    ("models", "model", MODELS),
    ("trials", "trial", TRIALS),
    ("attempts", "attempt", ATTEMPTS),
    ("completions", "completion", COMPLETIONS),
    ("scorecards", "scorecard", SCORECARDS),
    ("opinions", "opinion", OPINIONS),
)
"""Keys of the file, with what is written there."""

_OBJECTS = ("body", "answer")
"""Columns that hold JSON."""

_VALUES: dict[tuple[str, str], type[BaseModel]] = {
    ("run", "body"): RunInfo,
    ("task", "body"): TaskPart,
    ("model", "body"): Model,
    ("completion", "body"): Completion,
    ("scorecard", "body"): Scorecard,
    ("scorecard", "answer"): Answer,
    ("opinion", "body"): Opinion,
}
"""What is in those columns, so that a file is refused before half of it is in a database."""

_UNKNOWN: dict[Kind, Row] = {
    kind: {column.name: column.default for column in table.columns}
    for kind, table in (("run", RUNS), *((kind, table) for _, kind, table in _TABLES))
}
"""Rows that say nothing."""

_KNOWN = "SELECT id FROM runs WHERE id IN (SELECT value FROM json_each(?))"
_TRIALS = "SELECT run_id, key FROM trials"

_Rows = list[dict[str, Any]]


class RunFile(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    kind: Literal["pytest-llmbench run"] = "pytest-llmbench run"
    schema_version: Literal[1] = Field(default=1, alias="schema")
    run: dict[str, Any]
    texts: dict[str, str]
    tasks: _Rows
    models: _Rows
    trials: _Rows
    attempts: _Rows
    completions: _Rows
    scorecards: _Rows
    opinions: _Rows = []

    @classmethod
    def read(cls, path: Path) -> RunFile:
        """Read a file.

        Raises:
            StorageError: It cannot be read, or is no run.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise StorageError(f"cannot read {path}: {error.strerror or error}") from None
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(step) for step in first["loc"]) or "the file"
            raise StorageError(f"{path} is not an exported run: {where}: {first['msg']}") from None

    def writes(self, path: Path) -> list[Write]:
        """Give the rows, checked.

        Args:
            path: Where the file is, for errors.

        Raises:
            StorageError: A row is not right.
        """
        found = [_write("run", RUNS, self.run, path)]
        found += [Write("text", {"hash": key, "text": text}) for key, text in self.texts.items()]
        for key, kind, table in _TABLES:
            found += [_write(kind, table, row, path) for row in getattr(self, key)]
        return found


def export_run(database: Database, run: str, path: Path) -> None:
    """Write a run to a file.

    Raises:
        StorageError: It cannot be read.
        UsageError: The file cannot be written.
    """
    text = run_file(database, run).model_dump_json(by_alias=True, indent=1)
    write_whole(path, (text, "\n"), "the run")


def run_file(database: Database, run: str) -> RunFile:
    """Give a run, by its id, as it is exported.

    Raises:
        StorageError: It cannot be read.
    """
    with database.reading() as connection:
        (row,) = _rows(connection, RUNS, "id", run)
        rows = {key: _rows(connection, table, "run_id", run) for key, _, table in _TABLES}
        return RunFile.model_validate({"run": row, "texts": texts_of(connection, run), **rows})


def import_runs(database: Database, path: Path) -> list[str]:
    """Take the run of a file into a database: an exported run, or a rescue file.

    Returns:
        The ids of the runs that were there before, or are there now.

    Raises:
        StorageError: The file is not right, or the run is there already.
    """
    rescue = path.name.endswith(SUFFIX)
    writes = read_rescue(path) if rescue else RunFile.read(path).writes(path)
    runs = [str(write.row["id"]) for write in writes if write.kind == "run"]
    with database.writing() as connection:
        if rescue:
            writes = _with_trials(connection, [_whole(write) for write in writes])
        known = [str(run) for (run,) in connection.execute(_KNOWN, (json.dumps(runs),))]
        if known and not rescue:
            raise StorageError(f"run {known[0]} is in {database.path} already; delete it there first")
        try:
            put(connection, writes)
        except sqlite3.IntegrityError:
            raise StorageError(f"{path} is not whole: rows are missing that others refer to") from None
        except (OverflowError, UnicodeEncodeError) as error:
            raise StorageError(f"{path} has in it what no database takes: {error}") from None
    return runs


def _whole(write: Write) -> Write:
    """Give a row all of its columns: a file of an older release may lack some."""
    return Write(write.kind, {**_UNKNOWN.get(write.kind, {}), **write.row})


def _with_trials(connection: sqlite3.Connection, writes: list[Write]) -> list[Write]:
    """Leave out what belongs to trials that only the lost database knew: no completion is among that."""
    trials = {(str(row["run_id"]), str(row["key"])) for kind, row in writes if kind == "trial"}
    trials |= {(str(run), str(key)) for run, key in connection.execute(_TRIALS)}
    return [write for write in writes if "trial" not in write.row or _trial(write.row) in trials]


def _trial(row: Row) -> tuple[str, str]:
    return str(row["run_id"]), str(row["trial"])


def _rows(connection: sqlite3.Connection, table: Table, of: str, run: str) -> _Rows:
    """Give a table's rows of a run, whose id is in the column `of`."""
    names = [column.name for column in table.columns]
    query = f"SELECT {', '.join(names)} FROM {table.name} WHERE {of} = ?"  # noqa: S608 - names of `schema`
    return [_row(found) for found in connection.execute(query, (run,))]


def _row(found: sqlite3.Row) -> dict[str, Any]:
    return {
        key: json.loads(value) if key in _OBJECTS and value is not None else value
        for key, value in dict(found).items()
    }


def _write(kind: Kind, table: Table, given: Mapping[str, object], path: Path) -> Write:
    """Give a row its columns; those that a newer release has added are left out."""
    row: Row = {}
    for column in table.columns:
        value = given.get(column.name, column.default)
        if isinstance(value, dict):
            value = json.dumps(value)
        if not isinstance(value, str | int | float | None) or (value is None and not column.nullable):
            raise StorageError(f"{path} is not an exported run: a {kind} has no good {column.name!r}")
        row[column.name] = value
    for column_name in _OBJECTS:
        value_type, text = _VALUES.get((kind, column_name)), row.get(column_name)
        if value_type is not None and isinstance(text, str):
            read(value_type, text, f"{path}: a {kind}")
    return Write(kind, row)
