"""Transactions: all of one is on the disk, or nothing, and what went wrong first is what is told."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from pytest_llmbench.errors import StorageError
from pytest_llmbench.storage.database import Database, transaction
from pytest_llmbench.storage.migrations import CURRENT, version_of
from pytest_llmbench.storage.stored import Storage

TEXT = "INSERT INTO texts VALUES (?, ?)"
OF_NO_RUN = "INSERT INTO baselines VALUES ('main', 'none', 'now')"


def texts(storage: Storage) -> list[str]:
    with storage.database.reading() as connection:
        return [text for (text,) in connection.execute("SELECT text FROM texts ORDER BY text")]


def test_what_is_broken_off_leaves_nothing(storage: Storage) -> None:
    def broken_off() -> None:
        with storage.database.writing() as connection:
            connection.execute(TEXT, ("1", "a"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert texts(storage) == []


def test_a_commit_that_fails_leaves_nothing_and_the_connection_goes_on(storage: Storage) -> None:
    def begin(connection: sqlite3.Connection) -> None:
        with transaction(connection):
            connection.execute("PRAGMA defer_foreign_keys = ON")
            connection.execute(TEXT, ("1", "a"))
            connection.execute(OF_NO_RUN)

    with storage.database.connected() as connection:
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY constraint failed"):
            begin(connection)
        assert not connection.in_transaction
        with transaction(connection):
            connection.execute(TEXT, ("2", "b"))
    assert texts(storage) == ["b"]


def test_an_error_that_ends_a_transaction_by_itself_is_the_one_that_is_told(storage: Storage) -> None:
    def fill() -> None:
        with storage.database.writing() as connection:
            connection.execute("PRAGMA max_page_count = 1")
            connection.execute(TEXT, ("1", "a"))
            connection.execute("INSERT OR ROLLBACK INTO texts VALUES ('2', zeroblob(9000000))")

    with pytest.raises(StorageError, match=r"runs\.db cannot be written: the disk is full"):
        fill()
    assert texts(storage) == []


def test_references_are_held(storage: Storage) -> None:
    with (
        pytest.raises(StorageError, match=r"runs\.db cannot be used: FOREIGN KEY constraint failed"),
        storage.database.writing() as connection,
    ):
        connection.execute(OF_NO_RUN)


def test_each_commit_waits_for_the_disk_and_readers_do_not_wait(storage: Storage) -> None:
    with storage.database.writing() as writer:
        writer.execute(TEXT, ("1", "a"))
        assert texts(storage) == []
        (mode,) = writer.execute("PRAGMA journal_mode").fetchone()
        (synchronous,) = writer.execute("PRAGMA synchronous").fetchone()
    assert (mode, synchronous) == ("wal", 2)
    assert texts(storage) == ["a"]


def test_a_connection_that_could_not_begin_is_closed(storage: Storage) -> None:
    """SQLite takes the log away with the last connection."""
    log = storage.database.path.with_name("runs.db-wal")
    with storage.database.writing():
        with pytest.raises(StorageError, match="is in use"):
            Database(storage.database.path, busy_s=0.05).create()
        assert log.exists()
    assert not log.exists()


def test_a_new_file_that_another_process_is_turning_to_the_same_mode_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself refuses here without waiting, whatever its time-out."""
    path = tmp_path / "new.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        ending = threading.Timer(0.2, other.execute, ["COMMIT"])
        ending.start()
        Database(path, busy_s=30).create()
        ending.join()
    with Database(path).reading() as connection:
        assert version_of(connection) == CURRENT


def test_a_new_file_that_another_process_does_not_let_go_of_is_told(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match=r"new\.db is in use: another process has not let go of it"):
            Database(path, busy_s=0.05).create()
