"""The writer: one thread that puts rows into the database, many of them in one commit.

Whoever hands rows over gets a future that is done when they are on the disk. While one commit waits for
the disk, more rows gather for the next: the more there is to write, the fewer commits it takes per row.

A commit costs more than the rows in it, so it is not made sooner than some time after the one before, unless
many wait for it: only what comes after a pause is written at once.

When the database fails, everything from then on goes to a rescue file, and `failure` says so.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue

from pytest_llmbench.errors import StorageError
from pytest_llmbench.storage.database import Database, transaction
from pytest_llmbench.storage.rescue import RescueFile
from pytest_llmbench.storage.writes import Write, put

_LARGEST = 1000
"""Entries in one commit at most, so that the first of them does not wait for too many others."""

_APART_S = 0.03
"""Seconds between the beginnings of two commits, unless many wait for the next."""

_MANY = 24
"""Entries whose commit somebody waits for, that are worth one."""

_HEAD = frozenset({"run", "task", "model"})
"""The kinds that a rescue file needs besides what could not be written, to make sense alone."""


class _Entry:
    """Rows that belong together or a piece of work, and the future of their commit.

    `known` are rows that the database has been given before, and that a rescue file would need again.
    `done` is None where nobody waits for it; a future of a loop is told on its loop.
    """

    __slots__ = ("done", "known", "result", "work", "writes")

    def __init__(
        self,
        writes: Sequence[Write],
        work: Callable[[sqlite3.Connection], bool] | None = None,
        known: Sequence[Write] = (),
        done: Future[bool] | asyncio.Future[bool] | None = None,
    ) -> None:
        self.writes = writes
        self.known = known
        self.work = work
        self.result: bool | StorageError = True
        self.done = done
        if isinstance(done, Future):
            # Whoever waits may be cancelled; the rows are written all the same.
            done.set_running_or_notify_cancel()

    def tell(self) -> None:
        """Tell whoever waits, unless he has gone."""
        if self.done is None or self.done.done():
            return
        if isinstance(self.result, StorageError):
            self.done.set_exception(self.result)
        else:
            self.done.set_result(self.result)


class Writer:
    """The thread; it starts at once.

    Args:
        database: Where rows go.
        rescue: Where they go when the database fails.
    """

    def __init__(self, database: Database, rescue: RescueFile) -> None:
        self._database = database
        self._rescue = rescue
        self._queue: SimpleQueue[_Entry | None] = SimpleQueue()
        self._awaited = 0
        self._many = threading.Event()
        self._head: list[Write] = []
        self._closed = False
        self.failure: StorageError | None = None
        self.commits = 0
        self._last = 0.0
        self._thread = threading.Thread(target=self._run, name="llmbench-storage", daemon=True)
        self._thread.start()

    def decide(self, work: Callable[[sqlite3.Connection], bool]) -> Future[bool]:
        """Hand over what has to look before it writes; from any thread.

        Args:
            work: Called within a transaction that may write.

        Returns:
            What `work` gave, once that is on the disk; an exception where the database fails.
        """
        done: Future[bool] = Future()
        self._put_awaited(_Entry((), work, done=done))
        return done

    def post(self, writes: Sequence[Write], known: Sequence[Write] = ()) -> None:
        """Hand rows over whose commit nobody waits for; from any thread."""
        self._queue.put(_Entry(writes, known=known))

    def write(self, writes: Sequence[Write], known: Sequence[Write] = ()) -> Future[bool]:
        """Hand rows over; from any thread.

        Args:
            writes: The rows.
            known: Rows that they refer to and that were handed over before: a rescue file has to make sense
                alone.

        Returns:
            Done when the rows are on the disk, be it in the rescue file. An exception where neither
            took them.
        """
        done: Future[bool] = Future()
        self._put_awaited(_Entry(writes, known=known, done=done))
        return done

    def writing(self, writes: Sequence[Write], known: Sequence[Write] = ()) -> asyncio.Future[bool]:
        """Do the same from a running loop; all that one commit has ended is told to it at once."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._put_awaited(_Entry(writes, known=known, done=done))
        return done

    def close(self) -> None:
        """Write what is left, and end the thread."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._many.set()
        self._thread.join()
        self._rescue.close()

    def _put_awaited(self, entry: _Entry) -> None:
        """Hand over what somebody waits for. Threads that count at once may count as one: no harm."""
        self._queue.put(entry)
        self._awaited += 1
        if self._awaited >= _MANY:
            self._many.set()

    def _run(self) -> None:
        batch = self._next()
        try:
            with self._database.connected() as connection:
                while batch and self._committed(connection, batch):
                    batch = self._next()
        except StorageError as error:
            self.failure = self.failure or error
        while batch:
            self._rescued(batch)
            batch = self._next()

    def _next(self) -> list[_Entry]:
        """Wait for entries, and take all that are there; none when the writer is closed."""
        first = self._queue.get()
        if first is None:
            return []
        if not self._closed:
            self._many.wait(max(0.0, self._last + _APART_S - time.monotonic()))
        self._last = time.monotonic()
        self._many.clear()
        self._awaited = 0
        batch = [first]
        while len(batch) < _LARGEST and not self._queue.empty():
            entry = self._queue.get()
            if entry is None:
                self._queue.put(None)
                break
            batch.append(entry)
        return batch

    def _committed(self, connection: sqlite3.Connection, batch: Sequence[_Entry]) -> bool:
        writes = [write for entry in batch for write in entry.writes]
        try:
            with transaction(connection):
                put(connection, [write for write in writes if write.kind != "attempt_end"])
                for entry in batch:
                    entry.result = entry.work is None or entry.work(connection)
                # An attempt that begins and ends in one batch is there by now.
                put(connection, [write for write in writes if write.kind == "attempt_end"])
        except sqlite3.Error as error:
            self.failure = self._database.told(error)
            return False
        except Exception as error:  # noqa: BLE001 - a bug of ours must not lose what was paid for
            self.failure = StorageError(f"{self._database.path} could not be written: {error!r}")
            return False
        self.commits += 1
        self._head += [write for write in writes if write.kind in _HEAD]
        _tell(batch)
        return True

    def _rescued(self, batch: Sequence[_Entry]) -> None:
        writes = [write for entry in batch for write in (*entry.known, *entry.writes)]
        try:
            self._rescue.add([*self._head, *writes])
        except StorageError as error:
            for entry in batch:
                entry.result = error
        else:
            self._head = []
            for entry in batch:
                entry.result = entry.work is None or self.failure or StorageError("the storage is closed")
        _tell(batch)


def _tell(batch: Sequence[_Entry]) -> None:
    """Tell whoever waits for the entries of a batch; to wake a loop for each of them would cost more."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Entry]] = {}
    for entry in batch:
        if isinstance(entry.done, asyncio.Future):
            by_loop.setdefault(entry.done.get_loop(), []).append(entry)
        else:
            entry.tell()
    for loop, entries in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_tell_all, entries)


def _tell_all(entries: Sequence[_Entry]) -> None:
    for entry in entries:
        entry.tell()
