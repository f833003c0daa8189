"""A claim on a run: held by the process that works on it, and gone with that process, however it ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from pytest_llmbench.errors import StorageError

SHORT_ID = 8
"""Characters of a run's id that people are shown."""


class Claim:
    """A lock file beside the database. The kernel lets go of it when its process ends.

    Args:
        database: The database's path.
        run: The run's id.

    Raises:
        StorageError: Another process works on that run, or the file cannot be made.
    """

    def __init__(self, database: Path, run: str) -> None:
        self._path = _path(database, run)
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StorageError(f"{self._path} cannot be made: {error.strerror}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise StorageError(f"run {run[:SHORT_ID]} is still under way in another process") from None

    def release(self) -> None:
        """Let go of the run."""
        self._path.unlink(missing_ok=True)
        with suppress(OSError):
            os.close(self._file)


def claimed(database: Path, run: str) -> bool:
    """Say whether a process works on a run."""
    try:
        file = os.open(_path(database, run), os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _path(database: Path, run: str) -> Path:
    return database.with_name(f"{database.name}.{run[:SHORT_ID]}.lock")
