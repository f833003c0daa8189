"""The writer: what it says is on the disk, is; what the database does not take is in the rescue file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kept import MODEL, TASK, completion, info, keep, trial

from pytest_llmbench.completions.completion import ApiFailure
from pytest_llmbench.errors import StorageError
from pytest_llmbench.storage import records
from pytest_llmbench.storage.booking import Books
from pytest_llmbench.storage.database import Database
from pytest_llmbench.storage.exchange import import_runs
from pytest_llmbench.storage.rescue import SUFFIX, RescueFile, read_rescue
from pytest_llmbench.storage.stored import Storage
from pytest_llmbench.storage.writer import Writer
from pytest_llmbench.storage.writes import Write


def count(path: Path, table: str) -> int:
    connection = sqlite3.connect(path)
    (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(found)


def write_text(writer: Writer, number: int) -> Write:
    return Write("text", {"hash": str(number), "text": "x" * 2000})


def test_what_is_told_to_be_written_is_seen_by_others(storage: Storage) -> None:
    journal = storage.begin(info())
    asyncio.run(journal.completed(TASK.suite, trial(), completion()))
    assert count(storage.database.path, "completions") == 1
    journal.close()


def test_rows_that_wait_share_a_commit(storage: Storage, tmp_path: Path) -> None:
    writer = Writer(storage.database, RescueFile("r", [tmp_path]))
    futures = [writer.write([write_text(writer, number)]) for number in range(2000)]
    for future in futures:
        future.result(30)
    writer.close()
    assert count(storage.database.path, "texts") == 2000
    assert writer.commits < 200


def test_whoever_no_longer_waits_does_not_keep_rows_from_being_written(storage: Storage) -> None:
    journal = storage.begin(info())

    async def give_up() -> None:
        waiting = asyncio.create_task(journal.completed(TASK.suite, trial(), completion()))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(give_up())
    journal.close()
    assert count(storage.database.path, "completions") == 1


def test_a_database_that_is_locked_is_waited_for_and_then_left(tmp_path: Path) -> None:
    database = Database(tmp_path / "runs.db", busy_s=0.2)
    database.create()
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writer = Writer(database, RescueFile("r", [tmp_path]))
    writer.write([write_text(writer, 1)]).result(10)
    other.close()
    writer.write([write_text(writer, 2)]).result(10)
    writer.close()
    assert str(writer.failure) == (
        f"{database.path} is in use: another process has not let go of it for 0.2 s"
    )
    assert [write.row["hash"] for write in read_rescue(tmp_path / f"r{SUFFIX}")] == ["1", "2"]


def test_a_database_that_is_locked_is_told_before_a_run_begins(storage: Storage) -> None:
    other = sqlite3.connect(storage.database.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(
        StorageError, match=r"runs\.db is in use: another process has not let go of it for 0\.1 s"
    ):
        Database(storage.database.path, busy_s=0.1).create()
    other.close()


def test_a_full_database_leads_to_the_rescue_file(tmp_path: Path) -> None:
    """SQLite's own error of a full disk; that of a real one is tested with the whole plugin."""
    database = Database(tmp_path / "runs.db")
    database.create()
    writer = Writer(database, RescueFile("r", [tmp_path]))
    writer.write([Write("text", {"hash": "small", "text": ""})]).result(10)
    writer.close()
    full = Full(tmp_path / "runs.db")
    writer = Writer(full, RescueFile("r", [tmp_path]))
    for number in range(200):
        writer.write([write_text(writer, number)]).result(10)
    writer.close()
    assert str(writer.failure) == f"{full.path} cannot be written: the disk is full"
    rescued = read_rescue(tmp_path / f"r{SUFFIX}")
    assert len(rescued) + count(full.path, "texts") == 201


class Full(Database):
    """A database that may not grow much."""

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        with super().connected() as connection:
            connection.execute("PRAGMA max_page_count = 60")
            yield connection


def test_a_rescue_file_moves_to_a_folder_that_has_room(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    rescue = RescueFile("r", [tmp_path / "missing", tmp_path / "file", tmp_path])
    rescue.add([Write("text", {"hash": "1", "text": "a"})])
    rescue.add([Write("text", {"hash": "2", "text": "b"})])
    rescue.close()
    assert rescue.path == tmp_path / f"r{SUFFIX}"
    assert [write.row["text"] for write in read_rescue(rescue.path)] == ["a", "b"]
    with pytest.raises(StorageError, match="could not be written anywhere"):
        RescueFile("r", [tmp_path / "missing"]).add([])


def test_a_rescue_file_that_was_cut_off_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / f"r{SUFFIX}"
    rescue = RescueFile("r", [tmp_path])
    rescue.add([Write("text", {"hash": str(number), "text": "a"}) for number in range(3)])
    rescue.close()
    path.write_bytes(path.read_bytes()[:-10])
    assert len(read_rescue(path)) == 2
    path.write_text("{}\n")
    with pytest.raises(StorageError, match=r":1: not a line of a rescue file"):
        read_rescue(path)


def test_rescued_answers_are_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Storage.open("sqlite:///broken/runs.db", tmp_path)
    whole = Storage.open("sqlite:///whole/runs.db", tmp_path)
    with broken.database.writing() as connection:
        connection.execute("DROP TABLE completions")
    journal = keep(broken)
    assert journal.failure is not None
    (path,) = (tmp_path / "broken").glob(f"*{SUFFIX}")
    assert str(path) in journal.failure
    assert import_runs(whole.database, path) == [info().id]
    whole.name("after the flood", info().id)
    (run,) = whole.runs()
    assert (run.completed, run.models, run.names) == (3, (MODEL.id,), ("after the flood",))
    assert import_runs(whole.database, path) == [info().id]
    assert [run.completed for run in whole.runs()] == [3]


def test_a_rescue_file_of_another_release_is_imported(storage: Storage, tmp_path: Path) -> None:
    """What is not known is left out; a column that is missing holds what it holds by itself."""
    write = records.run_row(info())
    row = {name: write.row[name] for name in ("id", "started", "status", "body")}
    rescue = RescueFile("r", [tmp_path])
    rescue.add([write._replace(row={**row, "later": 1})])
    rescue.close()
    import_runs(storage.database, tmp_path / f"r{SUFFIX}")
    assert storage.books(info().id) == Books(None, 0, 0)
    assert storage.run(info().id).duration_s is None


def test_a_rescue_file_with_half_a_character_is_told_and_leaves_nothing(
    storage: Storage, tmp_path: Path
) -> None:
    rescue = RescueFile("r", [tmp_path])
    rescue.add([records.run_row(info()), Write("text", {"hash": "1", "text": "half: \ud800"})])
    rescue.close()
    with pytest.raises(
        StorageError, match=r"r\.rescue\.jsonl has in it what no database takes: .*surrogates"
    ):
        import_runs(storage.database, tmp_path / f"r{SUFFIX}")
    assert storage.runs() == []


def test_nothing_is_asked_once_nothing_can_be_stored(storage: Storage) -> None:
    with storage.database.writing() as connection:
        connection.execute("DROP TABLE completions")
    journal = storage.begin(info())

    journal.models([MODEL])

    async def ask() -> object:
        await journal.completed(TASK.suite, trial(), completion())
        return await journal.open(trial(1), 1)

    refused = asyncio.run(ask())
    journal.close()
    assert isinstance(refused, ApiFailure)
    assert refused.kind == "storage"
    assert "no such table: completions" in refused.message
