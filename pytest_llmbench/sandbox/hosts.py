"""The judge's side of a host process, whatever its language: requests out, replies in, with deadlines.

A reply that is late, too large, malformed, unasked or of another request fails that call and ends the
process: what such a process says later has no meaning. The request's id is there to find accidents. It
is no secret from code in the same process, and need not be: nothing that is expected ever enters.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Callable
from typing import Any, NoReturn

from pytest_llmbench.errors import (
    CandidateCrash,
    CandidateError,
    CandidateSlow,
    CandidateTimeout,
    SandboxError,
    TaskError,
)
from pytest_llmbench.sandbox.base import SandboxProcess
from pytest_llmbench.sandbox.codec import VERSION, ProtocolError
from pytest_llmbench.sandbox.host import Observation, Source
from pytest_llmbench.sandbox.wire import frame, judge_codec, read_frame

_READY_ID = "ready"
_START_S = 30.0
_LOOK_S = 0.1
_SHOWN_OUTPUT = 300
_MAX_NAME, _MAX_MESSAGE = 200, 2000


class PipeHost:
    """Implements `Host` over the pipes of a process that speaks the protocol of `codec`.

    Such a process sends ``["ok", "ready", null, [], null]`` when it is up, before it has read anything.

    Args:
        process: The process, just started.
        new_id: Gives each request its id.
        start_s: How long the process may take to be up, in seconds.
    """

    def __init__(
        self,
        process: SandboxProcess,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
        start_s: float = _START_S,
    ) -> None:
        self._process = process
        self._new_id = new_id
        self._start_s = start_s
        self._codec = judge_codec()
        self._ready = False
        self._turn = asyncio.Lock()
        self._over: str | None = None

    @property
    def alive(self) -> bool:
        """Whether its process has not ended yet."""
        return self._process.alive

    async def load(self, source: Source, timeout_s: float) -> None:
        """Load an answer, and the harness where there is one.

        Raises:
            CandidateError: It does not load; `CandidateCrash` and `CandidateTimeout` are such errors.
            SandboxError: The process itself does not come up.
        """
        await self._ask("load", [VERSION, source.code, source.harness], timeout_s)

    async def call(
        self, name: str, args: tuple[Any, ...], timeout_s: float, cpu_s: float | None = None
    ) -> Observation:
        """Call a function of the harness, or else of the answer; see `Host.call`.

        Raises:
            TaskError: An argument is of a type that cannot cross.
        """
        value, arguments, returned = await self._ask("call", [name, list(args)], timeout_s, cpu_s)
        if len(arguments) != len(args) or returned not in (None, *range(len(args))):
            raise await self._lost("its reply is not a message: other arguments than it was given")
        return Observation(value=value, arguments=tuple(arguments), returned_argument=returned)

    def output(self) -> str:
        """What the answer has printed so far, bounded."""
        return self._process.stderr_text()

    async def close(self) -> None:
        """End the process and all that it started."""
        self._over = self._over or "its process was closed"
        await self._process.kill()

    async def _ask(
        self, operation: str, rest: list[object], timeout_s: float, cpu_s: float | None = None
    ) -> tuple[Any, list[Any], int | None]:
        identity = self._new_id()
        try:
            request = frame(self._codec.encode([operation, identity, *rest]))
        except TypeError as error:
            raise TaskError(str(error)) from error
        async with self._turn:
            if self._over is not None:
                raise CandidateCrash(self._over)
            try:
                return await self._exchange(identity, request, timeout_s, cpu_s)
            except BaseException as error:
                if type(error) is not CandidateError:
                    await self._lost(str(error))
                raise

    async def _lost(self, reason: str) -> CandidateCrash:
        """End the process, and give the error for that."""
        self._over = f"its process has ended: {reason}"
        await self._process.kill()
        return CandidateCrash(reason)

    async def _exchange(
        self, identity: str, request: bytes, timeout_s: float, cpu_s: float | None
    ) -> tuple[Any, list[Any], int | None]:
        self._process.stdin.write(request)
        await self._wait_until_ready()
        try:
            async with asyncio.timeout(timeout_s):
                reply = await (self._reply() if cpu_s is None else self._reply_within(cpu_s))
        except TimeoutError:
            raise CandidateTimeout(f"no reply within {timeout_s:g} s") from None
        except ProtocolError as error:
            raise CandidateCrash(f"its reply is not a message: {error}") from None
        return _checked(reply, identity)

    async def _wait_until_ready(self) -> None:
        """The sandbox's start is ours: it is neither counted nor blamed on the answer."""
        if self._ready:
            return
        try:
            async with asyncio.timeout(self._start_s):
                _checked(await self._reply(), _READY_ID)
        except (TimeoutError, ProtocolError, CandidateError) as error:
            *_, last = self.output().strip().splitlines() or [""]
            raise SandboxError(f"the host does not start: {last[:_SHOWN_OUTPUT] or error}") from error
        self._ready = True

    async def _reply(self) -> object:
        text = await read_frame(self._process.stdout)
        if text is None:
            await self._ended()
        return self._codec.decode(text)

    async def _reply_within(self, cpu_s: float) -> object:
        """Wait for a reply, and look now and then at how much CPU time has gone."""
        allowed = self._process.cpu_seconds() + cpu_s
        reply = asyncio.ensure_future(self._reply())
        try:
            while not (await asyncio.wait((reply,), timeout=_LOOK_S))[0]:
                if self._process.cpu_seconds() > allowed:
                    raise CandidateSlow(f"no reply within {cpu_s:.2g} s of CPU time")
            return await reply
        finally:
            reply.cancel()

    async def _ended(self) -> NoReturn:
        await self._process.kill()
        code = await self._process.wait()
        if fault := self._process.fault():
            raise CandidateCrash(fault)
        if code == -signal.SIGXCPU:
            raise CandidateTimeout("its CPU time is used up")
        raise CandidateCrash(f"its process ended ({_described_exit(code)})")


def _described_exit(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _checked(reply: object, identity: str) -> tuple[Any, list[Any], int | None]:
    """The contents of a reply to the request of this id."""
    match reply:
        case ["ok", str(found), value, list(arguments), None | int() as returned] if found == identity:
            return value, arguments, returned
        case ["raised", str(found), str(type_name), str(message)] if found == identity:
            raise CandidateError(type_name[:_MAX_NAME], message[:_MAX_MESSAGE])
        case ["ok" | "raised", str(found), *_] if found != identity:
            raise CandidateCrash("a reply to another request")
        case _:
            raise CandidateCrash("its reply is not a message: unknown shape")
