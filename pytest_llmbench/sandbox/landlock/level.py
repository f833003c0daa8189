"""Isolation by Landlock: what is left where a machine, or the container that it is, forbids namespaces.

Weaker than bubblewrap, and said to be: names of files can be found out, there is no network at all, not
even the sandbox's own, and as an ordinary user the limit of processes counts the user's others too.
"""

from __future__ import annotations

import contextlib
import ctypes
import marshal
import os
import secrets
import signal
import tempfile
from collections.abc import Callable
from functools import cache
from typing import Any

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox.base import WORK, Command, Holds
from pytest_llmbench.sandbox.landlock.filter import OWN_PROCESS, landlock_filter
from pytest_llmbench.sandbox.landlock.grants import grants
from pytest_llmbench.sandbox.landlock.supervisor import FOLDERS
from pytest_llmbench.sandbox.modules import compiled_modules
from pytest_llmbench.sandbox.pipes import readable
from pytest_llmbench.sandbox.process import ContainedProcess
from pytest_llmbench.sandbox.rlimits import limited
from pytest_llmbench.sandbox.runtime import python_runtime
from pytest_llmbench.sandbox.users import UserPool
from pytest_llmbench.sandbox.watch import MemoryWatch

OLDEST = 3
"""The first version of Landlock that keeps files from being truncated (Linux 6.2)."""

_SIGNALS_SCOPED_FROM = 6
_CREATE_RULESET, _VERSION = 444, 1
_BOOTSTRAP = """\
import marshal, posix, sys
data, handle = b"", int(sys.argv[1])
while part := posix.read(handle, 1 << 16):
    data += part
posix.close(handle)
modules, plan = marshal.loads(data)
for name, code in marshal.loads(modules):
    module = sys.modules[name] = type(sys)(name)
    exec(code, module.__dict__)
module.supervise(plan)
"""


class Landlock:
    """A level of isolation (`Sandbox`).

    Args:
        users: For root: the unprivileged users to hand out, one per sandbox; None for an ordinary user.
        version: The version of Landlock to use at most; the kernel's own where it is None.
    """

    level = "landlock"

    def __init__(self, users: UserPool | None, version: int | None = None) -> None:
        self._users = users
        self._version = min(landlock_version(), version or OLDEST * 1000)
        self._watch = MemoryWatch()
        self._filter = landlock_filter(
            same_user=users is None, signals_scoped=self._version >= _SIGNALS_SCOPED_FROM
        )
        self.holds = Holds(
            names=False, loopback=False, own_paths=False, processes_exact=users is not None, sizes=False
        )

    async def start(self, command: Command) -> ContainedProcess:
        """Start a command.

        Call it from a thread that lives as long as its processes: when the thread that started a
        sandbox ends, its supervisor ends it.

        Raises:
            SandboxError: The sandbox itself could not be started.
        """
        if self._version < OLDEST:
            raise SandboxError(
                f"Landlock of version {OLDEST} is needed (Linux 6.2), "
                f"this kernel has {self._version or 'none'}"
            )
        user = self._users.take() if self._users else None
        folder = f"{tempfile.gettempdir()}/llmbench-{secrets.token_hex(8)}"
        process = ContainedProcess(command.limits, self._watch, _ask_to_end, self._giver_back(user))
        plan_fd = readable(marshal.dumps((_supervisor(), self._plan(command, user, folder))))
        runtime = python_runtime()
        try:
            argv = [runtime.executable, "-I", "-S", "-B", "-c", _BOOTSTRAP, str(plan_fd)]
            await process.start(argv, env={}, pass_fds=(plan_fd,))
        finally:
            os.close(plan_fd)
        return process

    def _plan(self, command: Command, user: int | None, folder: str) -> dict[str, Any]:
        work, tmp = (f"{folder}/{name}" for name in FOLDERS)
        sources = {mount.target: str(mount.source) for mount in command.mounts}
        limits = command.limits
        if user is None:
            others = limits.model_copy(update={"processes": limits.processes + tasks_of(os.geteuid())})
            command = command.model_copy(update={"limits": others})
        argv = [sources.get(part, part).replace(WORK, work) for part in limited(command, None).argv]
        given = {name: value.replace(WORK, work) for name, value in command.env.items()}
        return {
            "argv": argv,
            "env": {"PATH": "/usr/bin:/bin", "HOME": work, "LANG": "C.UTF-8", "TMPDIR": tmp, **given},
            "folder": folder,
            "user": user,
            "grants": grants(command),
            "filter": self._filter,
            "own_process": OWN_PROCESS,
            "version": self._version,
            "processes": limits.processes,
            "bytes": 3 * limits.tmp_bytes,
        }

    def _giver_back(self, user: int | None) -> Callable[[], None]:
        def give_back() -> None:
            if self._users and user is not None:
                self._users.give_back(user)

        return give_back


def landlock_version() -> int:
    """The version of Landlock that this kernel has; 0 where it has none, or has it turned off."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_CREATE_RULESET, None, 0, _VERSION)))


def tasks_of(user: int) -> int:
    """How many threads a user has in all, which is what the kernel's limit of processes counts."""
    count = 0
    with os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if entry.stat().st_uid == user:
                        count += os.stat(f"/proc/{entry.name}/task").st_nlink - 2  # noqa: PTH116 - it is quick
    return count


def _ask_to_end(pid: int) -> None:
    """Ask the supervisor; it ends when nothing inside is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)


@cache
def _supervisor() -> bytes:
    return compiled_modules("pytest_llmbench.sandbox.landlock", ("confine", "supervisor"))
