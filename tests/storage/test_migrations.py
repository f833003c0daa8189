"""The schema: its steps lead to the tables that the code knows, from every version there was."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest

from pytest_llmbench.errors import StorageError
from pytest_llmbench.storage.database import Database
from pytest_llmbench.storage.migrations import CURRENT, upgrade, version_of
from pytest_llmbench.storage.schema import TABLES, Table
from pytest_llmbench.storage.stored import Storage


def told(table: Table) -> dict[str, object]:
    """What the code knows of a table."""
    return {
        "columns": [(column.name, column.type, column.nullable, column.default) for column in table.columns],
        "key": table.key,
        "references": sorted(
            (
                reference.columns,
                reference.table,
                reference.key,
                "CASCADE" if reference.cascades else "NO ACTION",
            )
            for reference in table.references
        ),
        "indexes": sorted(table.indexes),
    }


def made(connection: sqlite3.Connection, table: str) -> dict[str, object]:
    """What the database says about it."""
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    keys = groupby(connection.execute(f"PRAGMA foreign_key_list({table})"), itemgetter("id"))
    references = [[dict(part) for part in parts] for _, parts in keys]
    return {
        "columns": [
            (
                column["name"],
                column["type"],
                not column["notnull"],
                None if column["dflt_value"] is None else int(column["dflt_value"]),
            )
            for column in columns
        ],
        "key": tuple(column["name"] for column in sorted(columns, key=itemgetter("pk")) if column["pk"]),
        "references": sorted(
            (
                tuple(part["from"] for part in parts),
                parts[0]["table"],
                tuple(part["to"] for part in parts),
                parts[0]["on_delete"],
            )
            for parts in references
        ),
        "indexes": sorted(
            (
                index["name"],
                tuple(column["name"] for column in connection.execute(f"PRAGMA index_info({index['name']})")),
            )
            for index in connection.execute(f"PRAGMA index_list({table})").fetchall()
            if index["origin"] == "c"
        ),
    }


@pytest.mark.parametrize("start", range(CURRENT + 1))
def test_every_version_leads_to_the_tables_of_today(tmp_path: Path, start: int) -> None:
    path = tmp_path / "old.db"
    with Database(path).writing() as connection:
        upgrade(connection, "old.db", to=start)
        assert version_of(connection) == start
    Database(path).create()
    with Database(path).reading() as connection:
        tables = {
            str(name): made(connection, name)
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    del tables["schema_version"]
    assert tables == {table.name: told(table) for table in TABLES}


def test_runs_of_the_first_version_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with Database(path).writing() as connection:
        upgrade(connection, "old.db", to=1)
        connection.execute(
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
