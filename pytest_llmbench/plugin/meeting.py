"""The folder where the processes of a session with pytest-xdist meet: who leads, who is there, what is over.

Leading and being there are locks, which the kernel lets go of when their process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Self

from pytest_llmbench.errors import UsageError

_LONGEST = 70
"""Characters of a path below which there is room for a socket's: the kernel takes 107."""


class Meeting:
    """One process's view of the folder.

    Args:
        folder: The folder, which exists.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = folder / "leader"
        self._stopped = folder / "stopped"
        self._lead = folder / "lead.lock"
        self._there = folder / "there.lock"
        self._locks: dict[Path, int] = {}

    @classmethod
    def make(cls) -> Self:
        """Make a folder that only this user can look into."""
        usual = tempfile.gettempdir()
        place = usual if len(usual) <= _LONGEST else "/tmp"  # noqa: S108 - the folder itself has a random name
        return cls(Path(tempfile.mkdtemp(prefix="llmbench-", dir=place)))

    def attend(self) -> None:
        """Be there until `leave`, or until this process ends.

        Raises:
            UsageError: The folder is on another machine.
        """
        if not self.folder.is_dir():
            raise UsageError(
                "models can only be asked by workers of pytest-xdist on one and the same machine"
            )
        self._lock(self._there, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Be gone, and lead no more."""
        while self._locks:
            os.close(self._locks.popitem()[1])

    @property
    def alone(self) -> bool:
        """Whether all others that were there are gone."""
        if not self._lock(self._there, fcntl.LOCK_EX):
            return False
        return self._lock(self._there, fcntl.LOCK_SH)

    def take_lead(self) -> bool:
        """Lead, unless another process does."""
        return self._lock(self._lead, fcntl.LOCK_EX)

    @property
    def led(self) -> bool:
        """Whether a leader has ever begun; said by `begun`."""
        return self._lead.exists() and self._lead.stat().st_size > 0

    def begun(self) -> None:
        """Say that a leader has begun."""
        self._lead.write_text("begun")

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to be asked."""
        return self._stopped.exists() or not self.folder.exists()

    def stop(self) -> None:
        """Have nothing more asked."""
        if self.folder.exists():
            self._stopped.touch()

    def remove(self) -> None:
        """Take the folder away."""
        self.leave()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _lock(self, path: Path, kind: int) -> bool:
        """Take a lock if that is possible now; a lock that is held already is changed."""
        file = self._locks.get(path)
        if file is None:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if path not in self._locks:
                os.close(file)
            return False
        self._locks[path] = file
        return True
