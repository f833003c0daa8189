"""The schema: its steps lead to the tables that the code knows, from every version there was."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect

from pytest_llmbench.errors import StorageError
from pytest_llmbench.storage.database import Database
from pytest_llmbench.storage.migrations import CURRENT, upgrade, version_of
from pytest_llmbench.storage.schema import METADATA
from pytest_llmbench.storage.stored import Storage


def shape(path: Path) -> dict[str, object]:
    """Everything that a database says about its tables."""
    with Database(path).reading() as connection:
        found = inspect(connection)
        return {
            table: (
                [
                    (column["name"], str(column["type"]), column["nullable"])
                    for column in found.get_columns(table)
                ],
                found.get_pk_constraint(table)["constrained_columns"],
                sorted(
                    (tuple(key["constrained_columns"]), key["referred_table"], str(key["options"]))
                    for key in found.get_foreign_keys(table)
                ),
                sorted(
                    (str(index["name"]), tuple(index["column_names"])) for index in found.get_indexes(table)
                ),
            )
            for table in found.get_table_names()
            if table != "schema_version"
        }


def made_by_metadata(path: Path) -> Path:
    with Database(path).writing() as connection:
        METADATA.create_all(connection)
    return path


@pytest.mark.parametrize("start", range(CURRENT + 1))
def test_every_version_leads_to_the_tables_of_today(tmp_path: Path, start: int) -> None:
    path = tmp_path / "old.db"
    with Database(path).writing() as connection:
        upgrade(connection, "old.db", to=start)
        assert version_of(connection) == start
    Database(path).create()
    assert shape(path) == shape(made_by_metadata(tmp_path / "new.db"))


def test_runs_of_the_first_version_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with Database(path).writing() as connection:
        upgrade(connection, "old.db", to=1)
        connection.exec_driver_sql(
            "INSERT INTO runs VALUES ('a1', '2026-11-23T20:00:00+00:00', 'finished', 2.5, ?)",
            ('{"id": "a1", "started": "2026-11-23T20:00:00Z", "samples": 3, "versions": {}}',),
        )
    (run,) = Storage.open("sqlite:///old.db", tmp_path).runs()
    assert (run.id, run.status, run.duration_s) == ("a1", "finished", 2.5)


def test_a_newer_release_s_database_is_left_alone(tmp_path: Path) -> None:
    Storage.open("sqlite:///new.db", tmp_path)
    with sqlite3.connect(tmp_path / "new.db") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(StorageError, match=r"new\.db was written by a newer release .*schema 99"):
        Storage.open("sqlite:///new.db", tmp_path)


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    with pytest.raises(StorageError, match=r"other\.db is another program's database .*'songs'"):
        Storage.open("sqlite:///other.db", tmp_path)
    connection = sqlite3.connect(tmp_path / "other.db")
    assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["songs"]
    connection.close()


def test_several_processes_may_make_it_at_once(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from pytest_llmbench.storage.stored import Storage;"
        f"Storage.open('sqlite:///kept/runs.db', Path({str(tmp_path)!r}))"
    )
    started = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]
    assert [process.wait() for process in started] == [0, 0, 0, 0]
    assert (tmp_path / "kept" / ".gitignore").read_text() == "*\n"
