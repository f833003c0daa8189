"""Writing a report: whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from errno import EACCES, EISDIR, ENOTDIR
from pathlib import Path

from pytest_llmbench.errors import UsageError


def write_whole(path: Path, pieces: Iterable[str], what: str) -> None:
    """Write a file so that its path holds either what was there before or all of the new text.

    The text goes to a new file in the same folder, which then takes the path's place. Folders that
    are missing are made. A path that is no regular file (a pipe, a terminal) is written to directly.

    Args:
        path: Where to.
        pieces: The text, in pieces.
        what: What is written, for the error's text, for example "the HTML report".

    Raises:
        UsageError: The path cannot be written; nothing is left behind.
    """
    try:
        target = Path(os.path.realpath(path))
        make_folder(target.parent)
        if target.exists() and not target.is_file() and not target.is_dir():
            _write(target, pieces, "w")
        else:
            _replace(target, pieces)
    except OSError as error:
        raise UsageError(f"cannot write {what} to {path}: {error.strerror or error}") from error


def check_writable(path: Path, what: str) -> None:
    """Try whether a path can be written later, so that it is told before anything is paid for.

    A folder that is missing is made. What is at the path stays as it is.

    Args:
        path: Where a file is to be written.
        what: What is to be written, for the error's text.

    Raises:
        UsageError: It cannot.
    """
    try:
        target = Path(os.path.realpath(path))
        make_folder(target.parent)
        if target.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if target.exists() and not target.is_file():
            if not os.access(target, os.W_OK):
                raise PermissionError(EACCES, os.strerror(EACCES))
            return
        _probe(target)
    except OSError as error:
        raise UsageError(f"cannot write {what} to {path}: {error.strerror or error}") from error


def make_folder(folder: Path) -> None:
    """Make a folder where it is missing, and say it well where something else is in its way."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        # "File exists" would not say what is wrong with that.
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR)) from None


def _probe(target: Path) -> None:
    beside = _beside(target)
    try:
        _write(beside, (), "x")
    finally:
        beside.unlink(missing_ok=True)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")


def _replace(target: Path, pieces: Iterable[str]) -> None:
    beside = _beside(target)
    try:
        _write(beside, pieces, "x")
        os.replace(beside, target)  # noqa: PTH105 - the atomic call, by its own name
    finally:
        beside.unlink(missing_ok=True)


def _write(path: Path, pieces: Iterable[str], mode: str) -> None:
    with path.open(mode, encoding="utf-8", newline="\n") as file:
        file.writelines(pieces)
