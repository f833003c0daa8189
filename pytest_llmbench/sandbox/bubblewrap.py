"""Isolation by bubblewrap: namespaces of its own, an almost empty file system, a filter of system calls.

An ordinary user gets there by a user namespace. Real root does without one, since no limit of processes
holds for uid 0, whatever a user namespace calls it: there, each sandbox becomes an unprivileged user of
its own. Both command lines were tried against the same attacks; `docs/sandbox.md` says what they hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pytest_llmbench.sandbox.base import WORK, Command, Holds
from pytest_llmbench.sandbox.pipes import readable
from pytest_llmbench.sandbox.process import ContainedProcess
from pytest_llmbench.sandbox.rlimits import limited
from pytest_llmbench.sandbox.runtime import SYSTEM_FOLDERS
from pytest_llmbench.sandbox.seccomp import seccomp_program
from pytest_llmbench.sandbox.tree import kill_inside
from pytest_llmbench.sandbox.users import UserPool
from pytest_llmbench.sandbox.watch import MemoryWatch

_ROOT_LINKS = ("/bin", "/lib", "/lib64")
_SYSTEM_FILES = ("/etc/ld.so.cache",)
_WORK = "/work"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": _WORK, "LANG": "C.UTF-8", "TMPDIR": "/tmp"}  # noqa: S108

_NAMESPACES = ("--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
_AS_USER = (
    *_NAMESPACES,
    "--unshare-user",
    "--disable-userns",
    "--uid",
    "1000",
    "--gid",
    "1000",
    "--cap-drop",
    "ALL",
)
_AS_ROOT = (*_NAMESPACES, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
_ALWAYS = ("--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv")


class Bubblewrap:
    """A level of isolation (`Sandbox`).

    Args:
        binary: The `bwrap` to use.
        users: For real root: the unprivileged users to hand out, one per sandbox; None for an ordinary user.
    """

    def __init__(self, binary: Path, users: UserPool | None) -> None:
        self._binary = str(binary)
        self._users = users
        self._filter = seccomp_program()
        self._watch = MemoryWatch()

    @property
    def level(self) -> str:
        """The level's name."""
        return "bubblewrap-userns" if self._users is None else "bubblewrap-root"

    @property
    def holds(self) -> Holds:
        """What the level can keep: everything."""
        return Holds()

    async def start(self, command: Command) -> ContainedProcess:
        """Start a command.

        Call it from a thread that lives as long as its processes: when the thread that started a
        sandbox ends, the kernel ends the sandbox.

        Raises:
            SandboxError: The sandbox itself could not be started.
        """
        user = self._users.take() if self._users else None
        process = ContainedProcess(command.limits, self._watch, kill_inside, lambda: self._give_back(user))
        filter_fd = readable(self._filter)
        try:
            # Bubblewrap's own environment can be read from inside: it has none.
            await process.start(self.argv(command, user, filter_fd), env={}, pass_fds=(filter_fd,))
        finally:
            os.close(filter_fd)
        return process

    def argv(self, command: Command, user: int | None, filter_fd: int) -> list[str]:
        """The full command line."""
        command = limited(command, user)
        return [
            self._binary,
            *(_AS_USER if user is None else _AS_ROOT),
            *_ALWAYS,
            *_environment(command.env),
            *_system(),
            *_writable(command, user),
            *_mounts(command),
            *("--chdir", "/work", "--remount-ro", "/", "--seccomp", str(filter_fd), "--"),
            *(part.replace(WORK, _WORK) for part in command.argv),
        ]

    def _give_back(self, user: int | None) -> None:
        if self._users and user is not None:
            self._users.give_back(user)


def _environment(added: dict[str, str]) -> list[str]:
    variables = _ENVIRONMENT | {name: value.replace(WORK, _WORK) for name, value in added.items()}
    return [part for name, value in variables.items() for part in ("--setenv", name, value)]


def _system() -> list[str]:
    """What any program needs: the distribution's binaries and libraries, nothing that is local."""
    args: list[str] = []
    for folder in filter(os.path.isdir, SYSTEM_FOLDERS):
        args += (*_parents(folder), "--ro-bind", folder, folder)
    for link in filter(Path.exists, map(Path, _ROOT_LINKS)):
        if link.is_symlink():
            args += ("--symlink", str(link.readlink()), str(link))
        else:
            args += ("--ro-bind", str(link), str(link))
    for file in filter(os.path.exists, _SYSTEM_FILES):
        args += (*_parents(file), "--ro-bind", file, file)
    return args


def _writable(command: Command, user: int | None) -> list[str]:
    """/proc, /dev and the places to write to, each of a limited size.

    The file systems that bubblewrap makes for `/` and `/dev` have no size: they end up read-only.
    """
    mode = () if user is None else ("--perms", "1777")
    size = command.limits.tmp_bytes
    return [
        *("--proc", "/proc", "--dev", "/dev"),
        *(*mode, "--size", str(size // 4), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108
        *(*mode, "--size", str(size), "--tmpfs", "/tmp"),  # noqa: S108
        *(*mode, "--size", str(2 * size), "--tmpfs", "/work"),
    ]


def _mounts(command: Command) -> list[str]:
    args: list[str] = []
    for mount in command.mounts:
        args += (*_parents(mount.target), "--ro-bind", str(mount.source), mount.target)
    for folder in command.hidden:
        args += ("--size", "4096", "--tmpfs", folder, "--remount-ro", folder)
    return args


def _parents(target: str) -> Iterable[str]:
    """Folders on the way, made openable: root's bubblewrap would make them its own."""
    for folder in reversed(Path(target).parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(folder))
