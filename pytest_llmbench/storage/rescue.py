"""The rescue file: where what was paid for goes when the database cannot take it.

Each line is one write as JSON, on the disk before anybody is told of it; `runs import` reads the file.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from pytest_llmbench.errors import StorageError
from pytest_llmbench.storage.writes import KINDS, Write

SUFFIX = ".rescue.jsonl"


def rescue_folders(database: Path) -> tuple[Path, ...]:
    """Give the folders that are tried, the best first: another disk may have room where one has not."""
    return (database.parent, Path.cwd(), Path(tempfile.gettempdir()), Path.home(), Path("/dev/shm"))  # noqa: S108


class RescueFile:
    """A file in the first folder that takes it; it comes into being with the first write.

    Args:
        name: Its name, before the suffix.
        folders: Where it may be.
    """

    def __init__(self, name: str, folders: Sequence[Path]) -> None:
        self._name = name
        self._folders = list(folders)
        self._kept: list[str] = []
        self._file: IO[str] | None = None
        self.path: Path | None = None

    def add(self, writes: Iterable[Write]) -> None:
        """Write rows down; where a folder takes no more, all of them are written to the next one.

        Raises:
            StorageError: No folder takes them.
        """
        lines = [json.dumps({"kind": write.kind, "row": write.row}) + "\n" for write in writes]
        self._kept += lines
        while self._folders:
            try:
                self._append(lines)
            except OSError:
                self._give_up()
                lines = self._kept
            else:
                return
        raise StorageError("what was paid for could not be written anywhere: no folder has room for it")

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _append(self, lines: Sequence[str]) -> None:
        if self._file is None:
            self.path = self._folders[0] / f"{self._name}{SUFFIX}"
            self._file = self.path.open("a", encoding="utf-8")
        self._file.writelines(lines)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _give_up(self) -> None:
        """Leave a folder that takes no more, and what is in it: half of it may be better than nothing."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._file = None
        self._folders.pop(0)


def read_rescue(path: Path) -> list[Write]:
    """Read a rescue file; a last line that was cut off is left out.

    Raises:
        StorageError: It is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"cannot read {path}: {error}") from None
    writes = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            found = json.loads(line)
            kind, row = found["kind"], found["row"]
        except (ValueError, TypeError, KeyError):
            if number == len(lines):
                break
            raise StorageError(f"{path}:{number}: not a line of a rescue file") from None
        if kind not in KINDS or not isinstance(row, dict):
            raise StorageError(f"{path}:{number}: not a line of a rescue file")
        writes.append(Write(kind, row))
    return writes
