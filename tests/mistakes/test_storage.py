"""A storage that cannot be used is told before the first call; one that fails later loses no answer."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asking import ask, document, told
from chatserver import ChatServer
from doubling import GOOD, fenced

from pytest_llmbench.storage.exchange import import_runs
from pytest_llmbench.storage.rescue import SUFFIX
from pytest_llmbench.storage.stored import Storage

Make = Callable[..., ChatServer]
KEPT = "sqlite:///.llmbench/llmbench.db"


def damaged(folder: Path) -> str:
    (folder / "bad.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    return "bad.db"


def no_database(folder: Path) -> str:
    (folder / "notes.txt").write_text("This is no database, but my notes. " * 200)
    return "notes.txt"


def a_folder(folder: Path) -> str:
    (folder / "taken").mkdir()
    return "taken"


def below_a_file(folder: Path) -> str:
    (folder / "file").write_text("")
    return "file/runs.db"


def newer(folder: Path) -> str:
    Storage.open("sqlite:///newer.db", folder)
    connection = sqlite3.connect(folder / "newer.db", isolation_level=None)
    connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    return "newer.db"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (damaged, "is damaged, or is not an SQLite database"),
        (no_database, "is damaged, or is not an SQLite database"),
        (a_folder, "cannot be opened"),
        (below_a_file, "cannot be made: Not a directory"),
        (newer, "was written by a newer release"),
    ],
)
def test_it_is_told_before_the_first_call(
    pytester: pytest.Pytester, suite: Path, make_server: Make, make: Callable[[Path], str], said: str
) -> None:
    server = make_server(fenced(GOOD))
    path = make(pytester.path)
    result = pytester.runpytest_inprocess(
        "suite", "--llm-models=a", f"--llm-base-url={server.url}", f"--llm-storage=sqlite:///{path}"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = told(result).strip()
    assert text.startswith(f"ERROR: {pytester.path}/{path.split('/')[0]}")
    assert said in text
    assert server.requests == []


def test_an_address_of_another_form(pytester: pytest.Pytester, suite: Path) -> None:
    result = ask(pytester, "http://127.0.0.1:9/v1", "--llm-storage=runs.db")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --llm-storage=runs.db: sqlite:///PATH is needed" in told(result)


def destroy(path: Path) -> None:
    """Make a database unusable while others have it open: each commit fails from now on."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DROP TABLE completions")
    connection.close()


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_database_that_fails_under_way(
    pytester: pytest.Pytester, suite: Path, make_server: Make, workers: tuple[str, ...]
) -> None:
    database = pytester.path / ".llmbench" / "llmbench.db"

    def reply(_: object) -> str:
        if len(server.requests) == 1:
            destroy(database)
        return fenced(GOOD)

    server = make_server(reply)
    result = ask(pytester, server, "--llm-samples=3", "--llm-concurrency=1", *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (rescue,) = database.parent.glob(f"*{SUFFIX}")
    text = told(result)
    assert f"ERROR: {database} cannot be used: no such table: completions" in text
    assert f"python -m pytest_llmbench runs import {rescue}" in text
    # The next call may be under way before it is known that the answer to the first cannot be stored.
    assert len(server.requests) in (1, 2)
    (found,) = document(pytester)["results"]
    statuses = [sample["status"] for sample in found["samples"]]
    assert sorted(statuses) == ["scored"] * len(server.requests) + ["storage_error"] * (
        3 - len(server.requests)
    )
    other = Storage.open("sqlite:///other.db", pytester.path)
    import_runs(other.database, rescue)
    assert [kept.completed for kept in other.runs()] == [len(server.requests)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system on which neither a run's database nor a rescue file has room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder with a database in it, which nobody may change."""
    folder = tmp_path / "closed"
    Storage.open("sqlite:///closed/old.db", tmp_path)
    if os.geteuid() != 0:
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    # Root may write whatever the rights say, but not to what is mounted so.
    mounting = f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}"
    if subprocess.run(mounting, shell=True, check=False, capture_output=True).returncode:
        pytest.skip("a folder cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("name", ["new.db", "old.db"])
def test_a_folder_that_is_read_only(
    pytester: pytest.Pytester, suite: Path, make_server: Make, read_only: Path, name: str
) -> None:
    server = make_server(fenced(GOOD))
    result = ask(pytester, server, f"--llm-storage=sqlite:///{read_only}/{name}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {read_only}/{name} cannot be opened: look at the rights" in told(result)
    assert server.requests == []
    assert sorted(path.name for path in read_only.iterdir()) == [".gitignore", "old.db"]


def test_a_disk_that_is_full(
    pytester: pytest.Pytester, suite: Path, make_server: Make, small_disk: Path
) -> None:
    server = make_server(fenced(GOOD + "# " + "x" * 20_000))
    result = ask(
        *(pytester, server, "--llm-samples=40", "--llm-pass-mark=0"),
        f"--llm-storage=sqlite:///{small_disk}/runs.db",
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {small_disk}/runs.db cannot be written: the disk is full" in told(result)
    (rescue,) = pytester.path.glob(f"*{SUFFIX}")
    assert f"is in {rescue}" in told(result)
    other = Storage.open("sqlite:///other.db", pytester.path)
    import_runs(other.database, rescue)
    assert other.runs()[0].completed > 0


def test_two_runs_at_once(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD), gate=12)
    started = [
        pytester.popen(
            [
                *(sys.executable, "-m", "pytest", "suite", "--llm-models=a", f"--llm-base-url={server.url}"),
                *("--llm-samples=6", f"--llm-report=report{number}.html", "-p", "no:randomly"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in range(2)
    ]
    for process in started:
        process.wait(120)
    assert [process.returncode for process in started] == [0, 0]
    runs = Storage.open(KEPT, pytester.path, make=False).runs()
    assert [(run.status, run.completed) for run in runs] == [("finished", 6), ("finished", 6)]
