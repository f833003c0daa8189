"""`python -m pytest_llmbench runs`: the runs that are kept, looked at, passed on and deleted."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from pytest_llmbench.bench.options import STORAGE, TOML_KEYS
from pytest_llmbench.errors import UsageError
from pytest_llmbench.models.config import find_config
from pytest_llmbench.models.registry import Registry
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.numbers import count, listed, seconds
from pytest_llmbench.report.terminal import terminal_lines
from pytest_llmbench.storage.claim import SHORT_ID
from pytest_llmbench.storage.exchange import export_run, import_runs
from pytest_llmbench.storage.stored import Storage, StoredRun

Say = Callable[[str], None]

_HEAD = ("id", "started", "state", "answers", "tasks", "models", "names")
_NAMED = 3


def runs(given: argparse.Namespace, folder: Path, say: Say) -> int:
    """Do what the command line says.

    Args:
        given: The command line, read by the parser that `runs_arguments` has made.
        folder: Where the storage and the project's configuration are looked for.
        say: Prints a line.

    Returns:
        The exit code.

    Raises:
        UsageError: Something is not right.
    """
    options = Registry.load(find_config(folder), TOML_KEYS).options
    url = given.llm_storage or str(options.get("storage", STORAGE))
    storage = Storage.open(url, folder, make=given.action == "import")
    _ACTIONS[given.action](given, storage, folder, say)
    return 0


def _list(_given: argparse.Namespace, storage: Storage, _folder: Path, say: Say) -> None:
    found = storage.runs()
    if not found:
        say(f"no run is kept in {storage.database.path}")
        return
    rows = [_HEAD, *map(_line, found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _line(run: StoredRun) -> tuple[str, ...]:
    return (
        run.id[:SHORT_ID],
        f"{run.started.astimezone():%Y-%m-%d %H:%M}",
        run.status,
        f"{run.completed} of {run.trials}",
        _some(run.tasks),
        _some(run.models),
        _some(run.names),
    )


def _some(names: tuple[str, ...]) -> str:
    left_out = len(names) - _NAMED
    shown = [one_line(name, 40) for name in names[:_NAMED]]
    return ", ".join([*shown, *([f"{left_out} more"] if left_out > 0 else [])])


def _show(given: argparse.Namespace, storage: Storage, _folder: Path, say: Say) -> None:
    run = storage.find(given.name)
    (stored,) = (each for each in storage.runs() if each.id == run)
    for line in _details(stored):
        say(line)
    say("")
    for line in terminal_lines(storage.load(run), shutil.get_terminal_size().columns):
        say(line)


def _details(run: StoredRun) -> Iterator[str]:
    info = run.info
    yield f"run       {run.id} ({run.status})"
    yield f"started   {run.started.astimezone():%Y-%m-%d %H:%M:%S %z}, took {seconds(run.duration_s)}"
    yield f"command   {one_line(info.command, 300)}"
    if info.origin:
        yield f"answers   {one_line(info.origin, 300)}"
    yield f"answers   {run.completed} of {run.trials}"
    yield f"sandbox   {one_line(info.sandbox, 80)}"
    if info.git_commit:
        yield f"commit    {info.git_commit[:40]}{', with changes' if info.git_dirty else ''}"
    yield f"versions  {', '.join(f'{name} {version}' for name, version in info.versions.items())}"
    if run.names:
        yield f"names     {listed([one_line(name, 40) for name in run.names])}"


def _export(given: argparse.Namespace, storage: Storage, folder: Path, say: Say) -> None:
    run = storage.find(given.name)
    path = folder / (given.file or f"llmbench-run-{run[:SHORT_ID]}.json")
    export_run(storage.database, run, path)
    say(f"run {run[:SHORT_ID]}: {path}")


def _import(given: argparse.Namespace, storage: Storage, folder: Path, say: Say) -> None:
    for file in given.files:
        for run in import_runs(storage.database, folder / file):
            say(f"run {run[:SHORT_ID]} is in {storage.database.path}")


def _delete(given: argparse.Namespace, storage: Storage, _folder: Path, say: Say) -> None:
    found = [storage.find(name) for name in given.names]
    storage.delete(found)
    for run in found:
        say(f"run {run[:SHORT_ID]} is deleted")


def _prune(given: argparse.Namespace, storage: Storage, _folder: Path, say: Say) -> None:
    if given.keep < 0:
        raise UsageError(f"--keep={given.keep}: a whole number of at least 0 is needed")
    old = [run.id for run in storage.runs()[given.keep :] if not run.names]
    storage.delete(old)
    say(f"{count(len(old), 'run')} deleted")


_ACTIONS: dict[str, Callable[[argparse.Namespace, Storage, Path, Say], None]] = {
    "list": _list,
    "show": _show,
    "export": _export,
    "import": _import,
    "delete": _delete,
    "prune": _prune,
}
