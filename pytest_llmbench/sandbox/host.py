"""A host: the process inside a sandbox that loads an answer and serves calls to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pytest_llmbench.values import Value

if TYPE_CHECKING:
    from pytest_llmbench.sandbox.node.reply import HttpReply
    from pytest_llmbench.sandbox.node.typescript import Diagnostic


class Opaque:
    """Stands for a value that is not of an exact built-in type; it equals nothing, itself included.

    Args:
        type_name: The type's name as the candidate's language has it.
    """

    __slots__ = ("type_name",)

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<opaque {self.type_name}>"


class Observation(Value):
    """One call, with its effects on what it was given.

    `arguments` are the arguments as the call left them; `returned_argument` is the index of the
    argument that the call gave back as its result (the same object, not an equal one), else None.

    `rejections` are the promises that were rejected and handled by nobody since the last call that
    returned, as "TypeError: text"; `cpu_s` are the CPU seconds that the call took, all threads, as the
    process itself measured them, or as the kernel counted them where that is clearly more. Hosts of
    languages that have no promises, or do not measure, leave them empty.
    """

    value: Any
    arguments: tuple[Any, ...]
    returned_argument: int | None = None
    rejections: tuple[str, ...] = ()
    cpu_s: float | None = None


class Source(Value):
    """What a host is given to load: the answer's code, and the task's harness where there is one."""

    code: str
    harness: str | None = None


class Host(Protocol):
    """A loaded answer. Every method raises `CandidateError` for what the answer's code does wrong."""

    async def call(
        self, name: str, args: tuple[Any, ...], timeout_s: float, cpu_s: float | None = None
    ) -> Observation:
        """Call a function of the harness, or else of the answer.

        Args:
            name: Its name.
            args: Its arguments.
            timeout_s: Wall seconds that it may take.
            cpu_s: CPU seconds that it may take, as the kernel counts them; None for no limit beside that
                of the process.

        Raises:
            CandidateError: It raised; `type_name` is the exception's type.
            CandidateCrash: The process ended; no further call can be made.
            CandidateTimeout: No reply in time; the process is ended, no further call can be made.
                `CandidateSlow` where it is the CPU time that is used up.
            SandboxError: Our side failed.
        """
        ...

    def output(self) -> str:
        """What the answer has printed so far, bounded."""
        ...

    async def close(self) -> None:
        """End the process and all that it started."""
        ...


class HostLauncher(Protocol):
    """Starts hosts of one language in one sandbox."""

    async def load(self, source: Source) -> Host:
        """Start a process, and load an answer in it.

        Raises:
            CandidateError: The answer does not load (or crashes, or takes too long).
            SandboxError: Our side failed.
        """
        ...


@runtime_checkable
class ServingHost(Protocol):
    """A host whose answer may listen on the sandbox's own loopback, where nobody outside can reach it."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float,
        port: int | None = None,
    ) -> HttpReply:
        """Ask a server of the answer; that of the harness's last call of ``listen`` where `port` is None.

        Raises:
            CandidateError: No server listens, or what it answers is no HTTP.
            CandidateCrash: The process ended.
            CandidateTimeout: No answer in time.
            ValueError: Method, path or headers are no HTTP.
        """
        ...


@runtime_checkable
class CheckingLauncher(Protocol):
    """A launcher whose language has a compiler that says what is wrong with an answer's types."""

    async def diagnose(
        self, code: str, extra_files: Mapping[str, str] | None = None
    ) -> tuple[Diagnostic, ...]:
        """Give what the compiler says of an answer, and of further files beside it.

        Raises:
            CandidateTimeout: The answer's types take too long.
            CandidateCrash: The compiler ended on them.
            SandboxError: Our side failed.
        """
        ...
