"""Finds an earlier run by the word that a user gives: a file, a baseline's name, a run's id, or `latest`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection
from pathlib import Path

from pytest_llmbench.bench.naming import LATEST, is_file_name
from pytest_llmbench.errors import NoSuchRun, StorageError
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.json_file import read_document
from pytest_llmbench.storage.database import path_of
from pytest_llmbench.storage.exchange import import_runs
from pytest_llmbench.storage.stored import Storage

_EXPORTED = "pytest-llmbench run"


def find_run(text: str, folder: Path, storage: str, models: Collection[str] = ()) -> tuple[str, RunDocument]:
    """Find a run.

    Args:
        text: A JSON file of a run, an exported run, a baseline's name, the beginning of a run's id, or
            `latest`: the latest run that ended, and had one of the models where any are given.
        folder: What relative paths start at.
        storage: The address of the storage.
        models: The models of which one at least has to be in it, for `latest`.

    Returns:
        The word by which the same run is found again, whatever is stored meanwhile; and the run.

    Raises:
        NoSuchRun: There is none.
        UsageError: It cannot be read.
    """
    path = folder / text
    if path.is_file():
        return text, _read(path)
    if is_file_name(text):
        raise NoSuchRun("there is no such file")
    database = path_of(storage, folder)
    if not database.exists():
        raise NoSuchRun(f"no run is kept yet: there is no {database}")
    stored = Storage.open(storage, folder, make=False)
    run = _latest(stored, models) if text == LATEST else _found(stored, text)
    return run, stored.load(run)


def _found(stored: Storage, text: str) -> str:
    try:
        return stored.find(text)
    except StorageError as error:
        raise NoSuchRun(str(error)) from None


def _latest(stored: Storage, models: Collection[str]) -> str:
    for run in stored.runs():
        if run.status == "finished" and (not models or set(models) & set(run.models)):
            return run.id
    raise NoSuchRun(f"no finished run of these models is in {stored.database.path}")


def _read(path: Path) -> RunDocument:
    """Read either kind of file: the JSON file of a run, or a run that was exported."""
    if not _is_exported(path):
        return read_document(path)
    with tempfile.TemporaryDirectory() as folder:
        stored = Storage.open("sqlite:///taken.db", Path(folder))
        (run,) = import_runs(stored.database, path)
        return stored.load(run)


def _is_exported(path: Path) -> bool:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("kind") == _EXPORTED
