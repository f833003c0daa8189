"""What every sandbox shows of the machine, and how little a Python interpreter needs of it to run elsewhere.

The interpreter of a virtual environment is another one's, which may lie in a home folder: only its
binary, its standard library and the library that it links to are bound, never the folder around them.
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pytest_llmbench.sandbox.base import Mount

SYSTEM_FOLDERS = ("/usr/bin", "/usr/lib", "/usr/lib64")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class PythonRuntime(NamedTuple):
    """The interpreter: its path, what has to be bound (at the same place), and what of it to show empty."""

    executable: str
    mounts: tuple[Mount, ...]
    hidden: tuple[str, ...]


@cache
def python_runtime() -> PythonRuntime:
    """The interpreter that runs this very code, without its virtual environment."""
    executable = Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()
    standard_library = Path(os.__file__).resolve().parent
    needed = _minimal([executable, standard_library, *_own_libraries(executable)])
    hidden = [str(path) for path in standard_library.glob("*-packages") if not is_system_path(path)]
    return PythonRuntime(
        executable=str(executable),
        mounts=tuple(Mount(source=path, target=str(path)) for path in needed),
        hidden=tuple(sorted(hidden)),
    )


def _own_libraries(executable: Path) -> list[Path]:
    """An interpreter with a folder to itself has its libraries there; otherwise only libpython is its own."""
    prefix = Path(sys.base_prefix).resolve()
    if prefix not in (Path("/usr"), Path("/usr/local")) and executable.is_relative_to(prefix):
        return [prefix / "lib"]
    found = re.findall(
        r"(/\S*libpython\S*)$", Path("/proc/self/maps").read_text(encoding="utf-8"), re.MULTILINE
    )
    return [Path(path) for path in sorted(set(found))]


def _minimal(paths: list[Path]) -> list[Path]:
    """Without what the system's folders, or another of the paths, hold anyway."""
    outside = sorted({path for path in paths if not is_system_path(path)})
    return [
        path for path in outside if not any(path != other and path.is_relative_to(other) for other in outside)
    ]


def is_system_path(path: Path) -> bool:
    """Whether a path lies in the folders of the distribution that every sandbox shows."""
    return any(path.is_relative_to(folder) for folder in SYSTEM_FOLDERS)
