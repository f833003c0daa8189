"""A folder that is either whole or not there, although several processes may be making it at once.

It is filled under another name and then renamed, so a process that dies leaves nothing that looks
right; a lock lets the others wait for the first instead of doing its work again. A marker holds what
the folder looked like when it was whole, so that one that lost files since is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_MARKER = "complete.json"


def user_cache(environ: Mapping[str, str]) -> Path:
    """The user's cache folder of this package, by the XDG rules; it may not exist yet."""
    named = environ.get("XDG_CACHE_HOME", "")
    # The rules say that a path that is not absolute is to be ignored.
    base = Path(named) if os.path.isabs(named) else Path(environ.get("HOME") or Path.home()) / ".cache"  # noqa: PTH117
    return base / "pytest-llmbench"


def is_whole(folder: Path) -> bool:
    """Whether a folder is as it was when it was made.

    Compared are names, sizes, kinds and permissions, which takes 10 ms for a thousand files. A file
    whose content was replaced by another one of the same size is not noticed.
    """
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        return bool(marker == {"fingerprint": _fingerprint(folder)})
    except (OSError, ValueError):
        return False


def make_once(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make a folder unless it is there and whole.

    Args:
        folder: The folder; what lies in its place and is not whole is replaced.
        fill: Puts the content into an empty folder. What it raises is passed on, and leaves nothing.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_name(f"{folder.name}.lock")):
        if is_whole(folder):
            return
        with _scratch(folder) as scratch:
            fresh = scratch / "fresh"
            fresh.mkdir()
            # Sandboxed programs may run as another user, and have to get in.
            fresh.chmod(0o755)
            fill(fresh)
            (fresh / _MARKER).write_text(json.dumps({"fingerprint": _fingerprint(fresh)}), encoding="utf-8")
            if folder.exists():
                folder.rename(scratch / "damaged")
            fresh.rename(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # Not on every platform, and not needed to tell what is installed.
    import fcntl

    with path.open("w", encoding="utf-8") as file:
        # The kernel lifts it when the process ends, however it ends.
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    prefix = f"tmp-{folder.name}-"
    for left_over in folder.parent.glob(f"{prefix}*"):
        # Under the lock nobody else is at work: this is of a process that died.
        shutil.rmtree(left_over, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path, entry in sorted(_entries(folder, "")):
        digest.update(f"{path}\0{entry}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _entries(folder: Path, prefix: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as found:
        for entry in found:
            path = f"{prefix}{entry.name}"
            if path == _MARKER:
                continue
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                yield path, "folder"
                yield from _entries(Path(entry.path), f"{path}/")
            else:
                yield path, f"{status.st_mode:o} {status.st_size}"
