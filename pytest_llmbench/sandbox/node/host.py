"""The judge's side of a Node process: calls to an answer, and HTTP to the server that it may run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.base import SandboxProcess
from pytest_llmbench.sandbox.host import Observation
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.sandbox.node.reply import HttpReply, checked_request
from pytest_llmbench.sandbox.node.values import node_codec

_LISTEN = "listen"
_MAX_PORT = 65535
_CRASH = "crash"
_CLAIM_S = 0.1  # what a claim of CPU time may lack: the kernel counts in ticks, and our host's work too
_NO_MESSAGE = "its reply is not a message: unknown shape"


class NodeHost(PipeHost):
    """Implements `Host` for JavaScript; made by `NodeLauncher`.

    A call of a function named ``listen`` that returns a port makes that port the one that `request`
    asks: a harness starts a server in it, on the sandbox's own loopback.
    """

    def __init__(self, process: SandboxProcess) -> None:
        super().__init__(process)
        self._codec = node_codec()
        self._port: int | None = None

    async def call(
        self, name: str, args: tuple[Any, ...], timeout_s: float, cpu_s: float | None = None
    ) -> Observation:
        """Call a function of the harness, or else of the answer; see `Host.call`.

        A promise is awaited.

        Raises:
            TaskError: An argument cannot be had in JavaScript; see `values`.
        """
        since = self._process.cpu_seconds()
        result, arguments, returned = await self._ask("call", [name, list(args)], timeout_s, cpu_s)
        used = self._process.cpu_seconds() - since
        if len(arguments) != len(args) or returned not in (None, *range(len(args))):
            raise await self._lost(_NO_MESSAGE)
        match result:
            case [value, list(rejections), int() | float() as claimed_s]:
                if name == _LISTEN and type(value) is int:
                    self._port = value
                return Observation(
                    value=value,
                    arguments=tuple(arguments),
                    returned_argument=returned,
                    rejections=tuple(map(str, rejections)),
                    cpu_s=_believed(claimed_s, used),
                )
            case _:
                raise await self._lost(_NO_MESSAGE)

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
        """Ask a server on the sandbox's loopback.

        Args:
            method: The HTTP method, in upper case.
            path: Path and query, percent-encoded.
            headers: The headers.
            body: The body.
            timeout_s: Wall seconds for the whole answer; a server that takes longer is ended.
            port: The server's port; that of the last call of ``listen`` where it is None.

        Raises:
            CandidateError: No server listens, or what it answers is no HTTP; `type_name` is Node's code,
                "ECONNREFUSED" or "ECONNRESET" for example.
            CandidateCrash: The process ended.
            CandidateTimeout: No answer in time.
            ValueError: Method, path or headers are no HTTP.
        """
        content = checked_request(method, path, headers, body)
        asked = self._port if port is None else port
        if asked is None or not 0 < asked <= _MAX_PORT:
            raise CandidateError("ECONNREFUSED", f"no server listens (port {asked})")
        result, _, _ = await self._ask("request", [asked, content], timeout_s)
        match result:
            case [int(status), list(found), bytes(reply)]:
                return HttpReply(status=status, headers=tuple(_pairs(found)), body=reply)
            case _:
                raise await self._lost(_NO_MESSAGE)

    async def _ask(
        self, operation: str, rest: list[object], timeout_s: float, cpu_s: float | None = None
    ) -> tuple[Any, list[Any], int | None]:
        try:
            return await super()._ask(operation, rest, timeout_s, cpu_s)
        except CandidateError as error:
            if type(error) is not CandidateError or error.type_name != _CRASH:
                raise
            # The last that the process had to say; an exit code comes without a reason.
            raise await self._lost(error.message) from None


def _believed(claimed_s: float, counted_s: float) -> float:
    """The CPU time of a call: as its process measured it, unless the kernel has counted clearly more."""
    return counted_s if counted_s - _CLAIM_S > claimed_s else claimed_s


def _pairs(headers: list[Any]) -> Iterator[tuple[str, str]]:
    for header in headers:
        match header:
            case [str(name), str(value)]:
                yield name, value
