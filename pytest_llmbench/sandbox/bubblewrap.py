"""Isolation by bubblewrap: namespaces of its own, an almost empty file system, a filter of system calls.

An ordinary user gets there by a user namespace. Real root does without one, since no limit of processes
holds for uid 0, whatever a user namespace calls it: there, each sandbox becomes an unprivileged user of
its own. Both command lines were tried against the same attacks; `docs/sandbox.md` says what they hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox.base import WORK, Command, Holds, Limits, Mount
from pytest_llmbench.sandbox.cgroups import ControlGroup, ControlGroups
from pytest_llmbench.sandbox.pipes import readable
from pytest_llmbench.sandbox.process import ContainedProcess
from pytest_llmbench.sandbox.rlimits import limited
from pytest_llmbench.sandbox.runtime import DEVICES, SYSTEM_FOLDERS
from pytest_llmbench.sandbox.seccomp import seccomp_program
from pytest_llmbench.sandbox.tree import kill_inside
from pytest_llmbench.sandbox.users import UserPool
from pytest_llmbench.sandbox.watch import MemoryWatch

_ROOT_LINKS = ("/bin", "/lib", "/lib64")
_SYSTEM_FILES = ("/etc/ld.so.cache",)
_DEVICE_LINKS = {
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}
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
        groups: Makes a control group for each, where there can be some.
    """

    def __init__(self, binary: Path, users: UserPool | None, groups: ControlGroups | None = None) -> None:
        self._binary = str(binary)
        self._users = users
        self._groups = groups
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
        group = self._group(command.limits)
        user = self._users.take() if self._users else None

        def over() -> str | None:
            self._give_back(user)
            return self._left(group)

        process = ContainedProcess(command.limits, self._watch, kill_inside, over)
        filter_fd = readable(self._filter)
        try:
            argv = self.argv(command, user, filter_fd)
            if group is not None:
                argv = group.joined(argv)
            # Bubblewrap's own environment can be read from inside: it has none, and a shell adds no folder.
            await process.start(argv, env={}, pass_fds=(filter_fd,), cwd="/")
        finally:
            os.close(filter_fd)
        return process

    def argv(self, command: Command, user: int | None, filter_fd: int) -> list[str]:
        """The full command line."""
        command = limited(command, user)
        env = tuple((name, value.replace(WORK, _WORK)) for name, value in command.env.items())
        return [
            self._binary,
            *(_AS_USER if user is None else _AS_ROOT),
            *_ALWAYS,
            *_surroundings(env, command.mounts, command.hidden, command.limits.tmp_bytes, user is not None),
            *("--seccomp", str(filter_fd), "--"),
            *(part.replace(WORK, _WORK) for part in command.argv),
        ]

    def _group(self, limits: Limits) -> ControlGroup | None:
        try:
            return None if self._groups is None else self._groups.make(limits)
        except OSError as error:
            raise SandboxError(f"no control group could be made: {error}") from error

    def _left(self, group: ControlGroup | None) -> str | None:
        """Remove a group, and give why the kernel has ended its processes, if it has."""
        if self._groups is None or group is None:
            return None
        fault = group.fault()
        self._groups.over(group)
        return fault

    def _give_back(self, user: int | None) -> None:
        if self._users and user is not None:
            self._users.give_back(user)


@lru_cache(maxsize=32)
def _surroundings(
    env: tuple[tuple[str, str], ...],
    mounts: tuple[Mount, ...],
    hidden: tuple[str, ...],
    tmp_bytes: int,
    as_root: bool,
) -> tuple[str, ...]:
    """What a command finds around itself: put together once for all answers of a language."""
    made: set[str] = set()
    return (
        *(part for name, value in (_ENVIRONMENT | dict(env)).items() for part in ("--setenv", name, value)),
        *_system(made),
        *_writable(tmp_bytes, as_root),
        *_mounts(mounts, hidden, made),
        *("--chdir", _WORK, "--remount-ro", "/"),
    )


def _system(made: set[str]) -> Iterator[str]:
    """What any program needs: the distribution's binaries and libraries, nothing that is local."""
    for folder in filter(os.path.isdir, SYSTEM_FOLDERS):
        yield from (*_parents(folder, made), "--ro-bind", folder, folder)
    for link in filter(Path.exists, map(Path, _ROOT_LINKS)):
        if link.is_symlink():
            yield from ("--symlink", str(link.readlink()), str(link))
        else:
            yield from ("--ro-bind", str(link), str(link))
    for file in filter(os.path.exists, _SYSTEM_FILES):
        yield from (*_parents(file, made), "--ro-bind", file, file)


def _writable(size: int, as_root: bool) -> Iterator[str]:
    """/proc, /dev and the places to write to, each of a limited size.

    No terminals, which bubblewrap's own `/dev` has, and which cost an answer 1 ms. The file systems of `/`
    (it has no size) and `/dev` end up read-only.
    """
    mode = ("--perms", "1777") if as_root else ()
    yield from ("--proc", "/proc", "--perms", "0755", "--size", "4096", "--tmpfs", "/dev")
    for device in DEVICES:
        yield from ("--dev-bind", device, device)
    for link, target in _DEVICE_LINKS.items():
        yield from ("--symlink", target, link)
    yield from (*mode, "--size", str(size // 4), "--tmpfs", "/dev/shm", "--remount-ro", "/dev")  # noqa: S108
    yield from (*mode, "--size", str(size), "--tmpfs", "/tmp")  # noqa: S108
    yield from (*mode, "--size", str(2 * size), "--tmpfs", _WORK)


def _mounts(mounts: tuple[Mount, ...], hidden: tuple[str, ...], made: set[str]) -> Iterator[str]:
    for mount in mounts:
        yield from (*_parents(mount.target, made), "--ro-bind", str(mount.source), mount.target)
    for folder in hidden:
        yield from ("--size", "4096", "--tmpfs", folder, "--remount-ro", folder)


def _parents(target: str, made: set[str]) -> Iterator[str]:
    """Folders on the way, made openable once: root's bubblewrap would make them its own."""
    for folder in reversed(Path(target).parents[:-1]):
        if str(folder) not in made:
            made.add(str(folder))
            yield from ("--perms", "0755", "--dir", str(folder))
