"""The limits of a process as the kernel's resources, and the command that runs under them.

A command whose own first act is to limit itself (a host of ours, see `restrict`) is told how by one
word. Any other is started by `setpriv` and `prlimit`, which cost 1 ms each; where a slim image lacks
them, by the running interpreter, which costs 10.
"""

from __future__ import annotations

import math
import resource
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pytest_llmbench.sandbox.base import MIB, RESTRICTION, Command, Limits
from pytest_llmbench.sandbox.runtime import python_runtime

_NO_CEILING = 2**62
_STACK = (8 * MIB, 64 * MIB)
_PRLIMIT, _SETPRIV = "/usr/bin/prlimit", "/usr/bin/setpriv"
_EXECUTE = "import sys\nrestrict(sys.argv[1])\nposix.execv(sys.argv[2], sys.argv[2:])\n"


def rlimits(limits: Limits) -> dict[str, tuple[int, int]]:
    """Soft and hard limit of each resource that this system has, by the name that `prlimit` has for it.

    Memory is bounded as RLIMIT_DATA: RLIMIT_AS breaks Node and Go, which reserve far more than they use.
    """
    cpu = math.ceil(limits.cpu_s)
    data = limits.memory_bytes + limits.reserved_bytes
    asked = {
        "cpu": (cpu, cpu + 1),
        "data": (data, data),
        "fsize": (limits.file_bytes, limits.file_bytes),
        "nofile": (limits.open_files, limits.open_files),
        "nproc": (limits.processes, limits.processes),
        "stack": _STACK,
        "core": (0, 0),
        "msgqueue": (0, 0),
    }
    ceilings = {name: _ceiling(name) for name in asked if _number(name) is not None}
    return {
        name: (min(asked[name][0], ceiling), min(asked[name][1], ceiling))
        for name, ceiling in ceilings.items()
    }


def _number(name: str) -> int | None:
    return getattr(resource, f"RLIMIT_{name.upper()}", None)


def _ceiling(name: str) -> int:
    """What this process may have itself, and so at most give."""
    number = _number(name)
    hard = resource.RLIM_INFINITY if number is None else resource.getrlimit(number)[1]
    return _NO_CEILING if hard == resource.RLIM_INFINITY else hard


def limited(command: Command, user: int | None) -> Command:
    """A command that runs under its own limits, and as an unprivileged user where one is given."""
    word = _word(command.limits, user)
    if RESTRICTION in command.argv:
        return command.model_copy(
            update={"argv": tuple(word if part == RESTRICTION else part for part in command.argv)}
        )
    if _has_tools():
        return command.model_copy(update={"argv": (*_tools(command.limits, user), *command.argv)})
    return _by_interpreter(command, word)


def _word(limits: Limits, user: int | None) -> str:
    """What `restrict.restrict` reads."""
    parts = [f"{_number(name)}:{soft}:{hard}" for name, (soft, hard) in rlimits(limits).items()]
    return f"{'' if user is None else user};{','.join(parts)}"


@cache
def _has_tools() -> bool:
    """Whether both are there, and are those of util-linux and not of busybox."""
    return all(
        Path(tool).exists() and Path(tool).resolve().name != "busybox" for tool in (_PRLIMIT, _SETPRIV)
    )


def _tools(limits: Limits, user: int | None) -> Sequence[str]:
    ids = (f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps=-all")
    become = () if user is None else (_SETPRIV, *ids, "--")
    options = [f"--{name}={soft}:{hard}" for name, (soft, hard) in rlimits(limits).items()]
    return (*become, _PRLIMIT, *options, "--")


def _by_interpreter(command: Command, word: str) -> Command:
    runtime = python_runtime()
    source = Path(__file__).with_name("restrict.py").read_text(encoding="utf-8") + _EXECUTE
    return command.model_copy(
        update={
            "argv": (runtime.executable, "-I", "-S", "-B", "-c", source, word, *command.argv),
            "mounts": (*runtime.mounts, *command.mounts),
        }
    )
