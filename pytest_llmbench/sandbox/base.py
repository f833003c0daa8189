"""What a sandbox offers to the rest: commands with limits go in, a process with pipes comes out."""

from __future__ import annotations

from asyncio import StreamReader, StreamWriter
from pathlib import Path
from typing import NamedTuple, Protocol

from pydantic import Field

from pytest_llmbench.values import Value

MIB = 1024 * 1024

RESTRICTION = "{restriction}"
"""An element of `Command.argv` that stands for the word that `restrict.restrict` reads. A command that has
it limits itself before it does anything else; any other is started by a wrapper that does."""


WORK = "{work}"
"""In `Command.argv` and `env`: the folder to write in, which not every level can call /work."""


class Holds(Value):
    """What a level can keep; one that cannot keep something says so."""

    names: bool = Field(default=True, description="names of the machine's files can be found out")
    loopback: bool = Field(default=True, description="no network, not even its own: no tasks with servers")
    own_paths: bool = Field(default=True, description="no folders of its own name: no Go")
    processes_exact: bool = Field(
        default=True, description="the limit of processes counts the user's others, and a watchdog the rest"
    )
    sizes: bool = Field(default=True, description="a watchdog bounds what is written, not the kernel")

    def weaker(self) -> list[str]:
        """What does not hold, in words."""
        fields = type(self).model_fields
        return [str(fields[name].description) for name, holds in self if not holds]


class Limits(Value):
    """What the processes of one sandbox may use."""

    cpu_s: float = Field(default=10.0, gt=0, description="CPU seconds of each process")
    memory_bytes: int = Field(default=512 * MIB, gt=0, description="data of each process, and the tree's sum")
    reserved_bytes: int = Field(
        default=0,
        ge=0,
        description="data that a runtime maps unused: on top for each process, not for the sum",
    )
    processes: int = Field(default=64, gt=0)
    open_files: int = Field(default=256, gt=0)
    file_bytes: int = Field(default=64 * MIB, gt=0, description="size of a file it writes")
    tmp_bytes: int = Field(
        default=64 * MIB, gt=0, description="size of /tmp; /work has twice that, /dev/shm a quarter"
    )
    output_bytes: int = Field(default=64 * 1024, gt=0, description="what is kept of its standard error")


class Mount(NamedTuple):
    """One file or folder of the host, visible read-only inside. Bind single files where you can."""

    source: Path
    target: str


class Command(Value):
    """What to run inside. `argv[0]` is a path inside the sandbox."""

    argv: tuple[str, ...]
    mounts: tuple[Mount, ...] = ()
    hidden: tuple[str, ...] = Field(default=(), description="folders below the mounts that are shown empty")
    env: dict[str, str] = Field(default_factory=dict)
    limits: Limits = Limits()


class SandboxProcess(Protocol):
    """A running command. Its streams are the private pipes; `stderr_text` is bounded."""

    @property
    def stdin(self) -> StreamWriter:
        """Where to write to the process."""
        ...

    @property
    def stdout(self) -> StreamReader:
        """Where to read what the process replies."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        ...

    async def kill(self) -> None:
        """End the whole tree and wait until nothing of it is left; harmless when it has ended."""
        ...

    async def wait(self) -> int:
        """Wait for the end, and give the exit code (negative: the signal)."""
        ...

    def stderr_text(self) -> str:
        """What the process has printed so far, cut at `Limits.output_bytes`."""
        ...

    def cpu_seconds(self) -> float:
        """CPU seconds of the whole tree so far, as the kernel counts them: no code inside has a say in it."""
        ...

    def fault(self) -> str | None:
        """Why our side ended it ("memory: 600 MiB used, 512 MiB allowed"), or None."""
        ...


class Sandbox(Protocol):
    """One level of isolation, believed after its self-test."""

    @property
    def level(self) -> str:
        """The level's name, for header and report: "bubblewrap-userns", "bubblewrap-root", "none"."""
        ...

    @property
    def holds(self) -> Holds:
        """What the level can keep."""
        ...

    async def start(self, command: Command) -> SandboxProcess:
        """Start a command.

        Raises:
            SandboxError: The sandbox itself could not be started.
        """
        ...
