"""Self-tests that were passed, kept for as long as nothing that they depend on has changed.

That is until the machine starts again, or another binary, interpreter, user, container or version of
this package comes into play. A failure is never kept: what was missing may have been installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pytest_llmbench.toolchains.cache import user_cache

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACES = ("user", "mnt", "pid", "net", "ipc")
_STATUS = ("Uid", "Gid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp", "Seccomp_filters")
_SWITCHES = (
    "kernel/apparmor_restrict_unprivileged_userns",
    "kernel/unprivileged_userns_clone",
    "user/max_user_namespaces",
)

_KEPT = 8
"""States per level: environments that share a binary do not take each other's place."""


class KeptTests:
    """Which levels have passed their self-test here.

    Args:
        environ: The user's environment variables; they say where the cache is.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._file = user_cache(environ) / "sandbox.json"
        self._home = environ.get("HOME", "")

    def passed(self, level: str, binary: Path | None) -> bool:
        """Whether the level's test was passed, and nothing has changed since."""
        return self._state(binary) in self._read().get(level, ())

    def keep(self, level: str, binary: Path | None) -> None:
        """Keep that the level's test was passed now. A cache that cannot be written to is done without."""
        known = self._read()
        known[level] = [self._state(binary), *known.get(level, ())][:_KEPT]
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self._file.parent, delete=False) as fresh:
                json.dump(known, fresh)
            Path(fresh.name).replace(self._file)

    def _read(self) -> dict[str, list[str]]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        levels = found.items() if isinstance(found, dict) else ()
        return {str(level): list(map(str, states)) for level, states in levels if isinstance(states, list)}

    def _state(self, binary: Path | None) -> str:
        """All that a result depends on, as one hash."""
        parts = [
            _text(_BOOT),
            *(_link(f"/proc/self/ns/{name}") for name in _NAMESPACES),
            *(line for line in _text(Path("/proc/self/status")).splitlines() if line.startswith(_STATUS)),
            *(_text(Path("/proc/sys") / name) for name in _SWITCHES),
            *(_file(path) for path in (binary, Path(sys.executable).resolve()) if path is not None),
            *(_file(path) for path in sorted(Path(__file__).parent.rglob("*.py"))),
            self._home,
            tempfile.gettempdir(),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _link(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115 - it leads to no path
    except OSError:
        return ""


def _file(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return f"{path} is missing"
    return f"{path} {found.st_ino} {found.st_size} {found.st_mtime_ns}"
