"""The database: one SQLite file in WAL mode, that several processes may use at once.

Each commit is on the disk before anybody is told of it (`synchronous=FULL`). What goes wrong is told
as a `StorageError` that names the file.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from pytest_llmbench.errors import StorageError
from pytest_llmbench.report.files import make_folder
from pytest_llmbench.storage.migrations import upgrade

BUSY_S = 15.0
"""Seconds that a transaction waits for another process's to end."""

_AGAIN_S = 0.01
"""Seconds between attempts where SQLite itself does not wait."""

_SCHEME = "sqlite:///"

_TO_READ = "BEGIN DEFERRED"
_TO_WRITE = "BEGIN IMMEDIATE"

_WORDS = (
    ("locked", "is in use: another process has not let go of it for {busy:g} s"),
    ("busy", "is in use: another process has not let go of it for {busy:g} s"),
    ("disk is full", "cannot be written: the disk is full"),
    ("readonly", "cannot be written: the file or its folder is read-only"),
    ("unable to open", "cannot be opened: look at the rights of the file and of its folder"),
    (
        "malformed",
        "is damaged ({error}): move it away; what can be saved of it: sqlite3 FILE .recover",
    ),
    (
        "not a database",
        "is damaged, or is not an SQLite database: move it away, or name another file by --llm-storage",
    ),
)


def path_of(url: str, folder: Path) -> Path:
    """Read a storage's address.

    Args:
        url: The address, for example `sqlite:///.llmbench/llmbench.db`.
        folder: What a relative path starts at.

    Raises:
        StorageError: It is not of that form.
    """
    rest = url.removeprefix(_SCHEME)
    if rest == url or not rest or rest == ":memory:" or "?" in rest or "\0" in rest:
        raise StorageError(
            f"--llm-storage={url}: {_SCHEME}PATH is needed, for example {_SCHEME}.llmbench/llmbench.db"
            f" (an absolute path has four slashes: {_SCHEME}/var/llmbench.db)"
        )
    return folder / rest


class Database:
    """One file.

    Args:
        path: Where it is; whoever opens it to write makes what is missing.
        busy_s: Seconds to wait for other processes.
    """

    def __init__(self, path: Path, busy_s: float = BUSY_S) -> None:
        self.path = path
        self._busy_s = busy_s

    def create(self) -> None:
        """Make the file and its folder where they are missing, and bring its schema up to date.

        Raises:
            StorageError: That is not possible.
        """
        try:
            _make_home(self.path.parent)
        except OSError as error:
            raise StorageError(f"{self.path.parent} cannot be made: {error.strerror}") from None
        with self.writing() as connection:
            upgrade(connection, str(self.path))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that only reads.

        Raises:
            StorageError: It cannot be read.
        """
        with self.connected() as connection, transaction(connection, _TO_READ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that may write; it is on the disk when this ends without an exception.

        Raises:
            StorageError: It cannot be written.
        """
        with self.connected() as connection, transaction(connection):
            yield connection

    def shrink(self) -> None:
        """Give room that is free back to the disk.

        Raises:
            StorageError: It cannot be done now.
        """
        with self.connected() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for several transactions, each one a `transaction`.

        Raises:
            StorageError: It cannot be opened.
        """
        try:
            with closing(_connection(self.path, self._busy_s)) as connection:
                _prepare(connection, self._busy_s)
                yield connection
        except sqlite3.Error as error:
            raise self.told(error) from error

    def told(self, error: sqlite3.Error) -> StorageError:
        """Say in words for people what the database says."""
        text = str(error)
        for sign, words in _WORDS:
            if sign in text:
                return StorageError(f"{self.path} {words.format(busy=self._busy_s, error=text)}")
        return StorageError(f"{self.path} cannot be used: {text}")


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = _TO_WRITE) -> Iterator[None]:
    """Do things all or not at all; they are on the disk when this ends without an exception.

    Args:
        connection: A connection that is in no transaction.
        begin: The statement that begins it; one that may write takes its turn at once.
    """
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # What went wrong is told, and not that it cannot be undone: some errors end a transaction themselves.
        with suppress(sqlite3.Error):
            connection.rollback()
        raise


def _make_home(folder: Path) -> None:
    if folder.is_dir():
        return
    make_folder(folder)
    # What is paid for may be private: it does not get into a repository by accident.
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def _connection(path: Path, busy_s: float) -> sqlite3.Connection:
    """Connect; transactions begin and end where it is said, and not when Python thinks that they should."""
    return sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)


def _prepare(connection: sqlite3.Connection, busy_s: float) -> None:
    connection.row_factory = sqlite3.Row
    _turn_to_wal(connection, busy_s)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _turn_to_wal(connection: sqlite3.Connection, busy_s: float) -> None:
    """Set the journal's mode. Of two that turn a new file at once, SQLite refuses one without any waiting."""
    ends = time.monotonic() + busy_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise
            time.sleep(_AGAIN_S)
        else:
            return
