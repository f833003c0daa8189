"""No isolation: a process of the user's own, which only `--llm-allow-unsafe` asks for.

What is left are limits of its resources, an empty folder to work in, and an environment without the
user's variables. It can read and change whatever the user can. The number of processes is not limited,
since that limit would count the user's other programs.
"""

from __future__ import annotations

import shutil
import tempfile

from pytest_llmbench.sandbox.base import WORK, Command, Holds
from pytest_llmbench.sandbox.process import ContainedProcess
from pytest_llmbench.sandbox.rlimits import limited
from pytest_llmbench.sandbox.tree import kill_group
from pytest_llmbench.sandbox.watch import MemoryWatch

_ANY_NUMBER = 2**31 - 1


class Plain:
    """The level "none" (`Sandbox`)."""

    level = "none"

    def __init__(self) -> None:
        self._watch = MemoryWatch()
        self.holds = Holds(names=False, own_paths=False, processes_exact=False, sizes=False)

    async def start(self, command: Command) -> ContainedProcess:
        """Start a command as an ordinary process.

        Raises:
            SandboxError: It could not be started.
        """
        folder = tempfile.mkdtemp(prefix="llmbench-")
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": folder,
            "TMPDIR": folder,
            "LANG": "C.UTF-8",
            **_in(folder, command.env),
        }
        process = ContainedProcess(
            command.limits, self._watch, kill_group, lambda: shutil.rmtree(folder, ignore_errors=True)
        )
        await process.start(_argv(command, folder), env=env, cwd=folder)
        return process


def _in(folder: str, env: dict[str, str]) -> dict[str, str]:
    return {name: value.replace(WORK, folder) for name, value in env.items()}


def _argv(command: Command, folder: str) -> tuple[str, ...]:
    """The command with the host's paths in place of those that a sandbox would show."""
    sources = {mount.target: str(mount.source) for mount in command.mounts}
    limits = command.limits.model_copy(update={"processes": _ANY_NUMBER})
    argv = limited(command.model_copy(update={"limits": limits}), None).argv
    return tuple(sources.get(part, part).replace(WORK, folder) for part in argv)
