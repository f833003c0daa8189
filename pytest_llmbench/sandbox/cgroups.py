"""Control groups of version 2, where a part of their tree has been handed to this user (delegated).

A sandbox gets a group of its own, so that the kernel itself bounds the memory of its whole tree, at any
moment, and not only that of each process: what the kernel holds for it and its files in memory included.
Where there is no such part, the limits of each process and a watchdog over their sum have to do.

A group is believed after it was seen to end a process that takes too much. `Documentation/admin-guide/
cgroup-v2.rst` of Linux says what the files mean; systemd marks what it hands over by an attribute.
"""

from __future__ import annotations

import os
import subprocess
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from pytest_llmbench.sandbox.base import MIB, Limits

_CONTROLLERS = frozenset({"memory", "pids"})
_MARKS = ("trusted.delegate", "user.delegate")
_PREFIX = "llmbench-"

# Who is in a group when it starts another process has that one in it too: the command joins by itself.
_JOIN = ("/bin/sh", "-c", 'echo 0 > "$0" && exec "$@"')

_KERNEL_BYTES = 32 * MIB
"""For page tables, pipes and the like, on top of what the processes themselves may use."""

_OUTSIDE = 4
"""Processes of bubblewrap's own."""

_TRIED_BYTES = 16 * MIB
_TRY = ("/bin/sh", "-c", "head -c 67108864 /dev/zero | tail > /dev/null")  # a line is kept until it ends
_TRY_S = 20.0


class ControlGroup:
    """The group of one sandbox.

    Args:
        folder: Where the kernel shows it; it is made here.
        memory_bytes: What its processes may use together.
        processes: How many there may be.
    """

    def __init__(self, folder: Path, memory_bytes: int, processes: int) -> None:
        self._folder = folder
        self._memory_bytes = memory_bytes
        folder.mkdir()
        settings = {"memory.max": memory_bytes, "memory.oom.group": 1, "pids.max": processes}
        if (folder / "memory.swap.max").exists():
            settings["memory.swap.max"] = 0
        for name, value in settings.items():
            (folder / name).write_text(str(value), encoding="ascii")

    def joined(self, argv: Sequence[str]) -> list[str]:
        """Give the command that enters the group and then becomes another. It inherits the environment."""
        return [*_JOIN, str(self._folder / "cgroup.procs"), *argv]

    def fault(self) -> str | None:
        """Say so where the kernel has ended its processes for the memory that they took."""
        if not self.killed():
            return None
        return f"memory: {self._memory_bytes // MIB} MiB used, its files and the kernel's part included"

    def killed(self) -> bool:
        """Whether the kernel has ended a process of it for its memory."""
        with suppress(OSError, ValueError):
            text = (self._folder / "memory.events").read_text(encoding="ascii")
            return int(dict(line.split() for line in text.splitlines())["oom_kill"]) > 0
        return False

    def remove(self) -> bool:
        """Remove it; False where something in it has not quite ended yet."""
        try:
            self._folder.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True


class ControlGroups:
    """The groups of this process's sandboxes.

    Args:
        above: A group that this user may divide; a group for all is made in it.

    Raises:
        OSError: It may not.
    """

    def __init__(self, above: Path) -> None:
        _sweep(above)
        self.folder = above / f"{_PREFIX}{os.getpid()}"
        self.folder.mkdir(exist_ok=True)
        self._names = count(1)
        self._ended: list[ControlGroup] = []
        weakref.finalize(self, _remove_all, self.folder)
        (self.folder / "cgroup.subtree_control").write_text(
            " ".join(f"+{name}" for name in sorted(_CONTROLLERS)), encoding="ascii"
        )

    def make(self, limits: Limits) -> ControlGroup:
        """Make a group for a sandbox of these limits.

        Raises:
            OSError: The kernel does not let us.
        """
        self._tidy()
        # /tmp, /work and /dev/shm, as `Limits.tmp_bytes` describes them, are memory too.
        files = limits.tmp_bytes + 2 * limits.tmp_bytes + limits.tmp_bytes // 4
        memory = limits.memory_bytes + files + _KERNEL_BYTES
        return ControlGroup(self._new(), memory, limits.processes + _OUTSIDE)

    def over(self, group: ControlGroup) -> None:
        """Remove the group of a sandbox that has ended."""
        self._ended.append(group)
        self._tidy()

    def problem(self) -> str | None:
        """Try whether the kernel ends what takes too much; what is wrong where it does not."""
        group = ControlGroup(self._new(), _TRIED_BYTES, _OUTSIDE)
        try:
            subprocess.run(  # noqa: S603 - a fixed command
                group.joined(_TRY), env={}, capture_output=True, timeout=_TRY_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"it could not be tried: {error}"
        finally:
            killed = group.killed()
            self.over(group)
        return None if killed else "its limit of memory is not in force"

    def _new(self) -> Path:
        return self.folder / str(next(self._names))

    def _tidy(self) -> None:
        self._ended = [group for group in self._ended if not group.remove()]


class FoundGroups(NamedTuple):
    """The groups to use, or why there are none."""

    groups: ControlGroups | None
    reason: str = ""


@cache
def own_groups() -> FoundGroups:
    """Find a part of the tree that was handed to us, and try it: once per process."""
    above, reason = find_delegated()
    if above is None:
        return FoundGroups(None, reason)
    try:
        groups = ControlGroups(above)
        problem = groups.problem()
    except OSError as error:
        return FoundGroups(None, f"{above} cannot be used: {error.strerror}")
    return FoundGroups(None, f"{above}: {problem}") if problem else FoundGroups(groups)


def find_delegated(proc: Path = Path("/proc")) -> tuple[Path | None, str]:
    """Find the nearest group above this process that may be divided; else say why there is none.

    Args:
        proc: Where the kernel tells of processes.
    """
    own = _own_group(proc / "self")
    if own is None:
        return None, "no control groups of version 2 are mounted"
    mount, group = own
    chain = [folder for folder in (group, *group.parents) if folder.is_relative_to(mount)]
    delegated = [folder for folder in chain if _is_ours(folder, mount)]
    if not delegated:
        return None, f"{group} was not handed to this user"
    for folder in delegated:
        if set(_read(folder / "cgroup.subtree_control").split()) >= _CONTROLLERS:
            return folder, ""
    return None, f"{delegated[0]} gives groups in it no limit of memory and processes"


def _own_group(process: Path) -> tuple[Path, Path] | None:
    """Where the tree is mounted, and a process's group in it."""
    lines = _read(process / "cgroup").splitlines()
    mine = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)
    for line in _read(process / "mountinfo").splitlines():
        place, _, kind = line.partition(" - ")
        if mine is None or not kind.startswith("cgroup2 "):
            continue
        root, mount = place.split()[3:5]
        if Path(mine).is_relative_to(root):
            return Path(mount), Path(mount) / Path(mine).relative_to(root)
    return None


def _is_ours(folder: Path, mount: Path) -> bool:
    """Whether a group was handed over: root may write to all, so there it takes the mark of whoever did."""
    needed = (folder, folder / "cgroup.procs")
    if not all(os.access(path, os.W_OK) for path in needed):
        return False
    if os.geteuid() != 0:
        return True
    above = (one for one in (folder, *folder.parents) if one.is_relative_to(mount))
    return any(_attribute(one, mark) == b"1" for one in above for mark in _MARKS)


def _attribute(folder: Path, name: str) -> bytes | None:
    try:
        return os.getxattr(folder, name)
    except OSError:
        return None


def _sweep(above: Path) -> None:
    """Remove what processes that were killed have left."""
    for folder in above.glob(f"{_PREFIX}*"):
        process = folder.name.removeprefix(_PREFIX)
        if process.isdigit() and not Path("/proc", process).exists():
            _remove_all(folder)


def _remove_all(folder: Path) -> None:
    for one in (*_groups_in(folder), folder):
        with suppress(OSError):
            one.rmdir()


def _groups_in(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from (one for one in folder.iterdir() if one.is_dir())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
