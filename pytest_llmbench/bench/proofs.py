"""Keeps proofs between runs: a benchmark run need not judge references again that nothing has changed for.

A kept proof is found by a hash of all that it rests on: the task's folder, the modules that its body
uses, this package, everything that is installed beside it, the toolchain, the weights and costs that the
suite sets, the interpreter, the kernel and the level of isolation. Only proofs that held are kept, and
only runs that ask models look for them.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from pytest_llmbench.scoring.proof import Proof
from pytest_llmbench.scoring.scorecard import CheckPlan
from pytest_llmbench.tasks.task import Task
from pytest_llmbench.toolchains.cache import user_cache

_OURS = Path(__file__).parents[1]
_OLD_S = 90 * 24 * 3600.0


class ProofCache:
    """The proofs that are kept in the user's cache folder.

    Args:
        environ: The user's environment variables; they say where the folder is.
        toolchain: Describes the toolchain that a task's language has here, and what findings cost.
    """

    def __init__(self, environ: Mapping[str, str], toolchain: Callable[[Task], str]) -> None:
        self._folder = user_cache(environ) / "proofs"
        self._toolchain = toolchain
        self._common: str | None = None

    def find(self, task: Task, level: str) -> Proof | None:
        """Give the proof of a task as it is now, if it is kept.

        Args:
            task: The task.
            level: The level of isolation.
        """
        try:
            text = self._path(task, level).read_text(encoding="utf-8")
            return Proof(plan=CheckPlan.model_validate_json(text))
        except (OSError, ValidationError, UnicodeDecodeError):
            return None

    def keep(self, task: Task, level: str, proof: Proof) -> None:
        """Keep a proof that holds; a folder that cannot be written is none of the user's troubles."""
        if proof.failed is not None or proof.plan is None:
            return
        try:
            self._write(self._path(task, level), proof.plan.model_dump_json())
        except OSError:
            return

    def _write(self, path: Path, text: str) -> None:
        """Write a file that is whole or not there, and remove what nobody has asked for in months."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as file:
            file.write(text)
        Path(file.name).replace(path)
        for other in self._folder.iterdir():
            if time.time() - other.stat().st_mtime > _OLD_S:
                other.unlink(missing_ok=True)

    def _path(self, task: Task, level: str) -> Path:
        if self._common is None:
            self._common = "\0".join(_common())
        digest = hashlib.sha256("\0".join([self._common, level, self._toolchain(task), task.hash]).encode())
        for path in [*_files(task.path.parent), *sorted(_modules(task.body))]:
            digest.update(f"\0{path}\0".encode(errors="surrogateescape") + _content(path))
        return self._folder / f"{digest.hexdigest()}.json"


def _common() -> Iterator[str]:
    """Describe what all proofs of this process rest on; no package's version is read for that, but names."""
    yield from (sys.version, sys.executable, os.uname().release, os.uname().machine)
    yield from sorted(_states(str(_OURS)))
    for folder in sys.path:
        try:
            with os.scandir(folder or ".") as found:
                names = [entry.name for entry in found]
        except OSError:
            continue
        yield from sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def _states(folder: str) -> Iterator[str]:
    """Give name, size and time of each of this package's files, without a `Path` for each: that is slow."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir():
                yield from _states(entry.path)
            elif not entry.name.endswith(".pyc"):
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"


def _files(folder: Path) -> list[Path]:
    """List the files of a task, without what Python and other tools leave behind."""
    hidden = ("__pycache__", "node_modules")
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in hidden and not name.startswith(".")]
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    return sorted(found)


def _content(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b"cannot be read"


def _modules(body: Callable[..., Any]) -> set[Path]:
    """Find the files of the modules that a body uses, and those that they use, unless installed."""
    found: set[Path] = set()
    todo: list[Mapping[str, Any]] = [getattr(body, "__globals__", {})]
    while todo:
        for module in _used(todo.pop().values()):
            path = Path(getattr(module, "__file__", None) or "")
            if path.suffix == ".py" and path not in found and not _is_installed(path):
                found.add(path)
                todo.append(vars(module))
    return found


def _used(values: Iterable[object]) -> Iterator[ModuleType]:
    for value in list(values):
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        module = sys.modules.get(name) if isinstance(name, str) else None
        if module is not None:
            yield module


def _is_installed(path: Path) -> bool:
    return path.is_relative_to(_OURS) or any(path.is_relative_to(place) for place in _places())


@cache
def _places() -> tuple[str, ...]:
    return tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
