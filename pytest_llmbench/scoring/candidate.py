"""`candidate`: an answer's code alive in a sandbox, as a body sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pytest_llmbench.answers.answer import Answer, Block
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.errors import (
    CandidateCrash,
    CandidateError,
    CandidateTimeout,
    LlmBenchError,
    SandboxError,
)
from pytest_llmbench.sandbox.host import Host, HostLauncher, Observation, Source
from pytest_llmbench.tasks.task import TaskLimits

MAX_DEATHS = 3
"""Processes that an answer may lose; after that its calls fail without a further try."""


class Candidate:
    """The code of one answer, in a process of its own that is started by the first call.

    State in the answer's module lives on from call to call. A call that kills the process costs
    itself alone: the next one gets a new process, up to `MAX_DEATHS` times.

    Args:
        launcher: Starts processes of the task's language.
        answer: What was found in the reply; its code must not be None.
        harness: The task's harness, or None.
        limits: The task's limits.
        completion: The reply; None where a solution is judged.
    """

    def __init__(
        self,
        launcher: HostLauncher,
        answer: Answer,
        *,
        harness: str | None,
        limits: TaskLimits,
        completion: Completion | None,
    ) -> None:
        self._launcher = launcher
        self._answer = answer
        self._harness = harness
        self._limits = limits
        self._completion = completion
        self._host: Host | None = None
        self._broken: CandidateError | None = None
        self._deaths = 0
        self._printed: list[str] = []
        self.timed_out = False

    @property
    def code(self) -> str:
        """The answer's code."""
        return self._answer.code or ""

    @property
    def prose(self) -> str:
        """What the reply says beside its code."""
        return self._answer.prose

    @property
    def completion(self) -> Completion | None:
        """The whole reply; None where a solution of the task is judged."""
        return self._completion

    def blocks(self, language: str) -> tuple[Block, ...]:
        """All code blocks of the reply that are tagged with a language, in order."""
        return tuple(block for block in self._answer.blocks if block.language == language)

    async def call(self, name: str, *args: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        """Call a function of the answer (or of the task's harness) and give what it returns.

        Args:
            name: The function's name.
            *args: Values of built-in types.
            timeout: Wall seconds for this call; the task's `call_timeout_s` where it is None.

        Returns:
            The value: exact built-in types as themselves, anything else opaque, equal to nothing.

        Raises:
            CandidateError: What the answer's code raised; `type_name` is the exception's type.
        """
        return (await self.observe(name, *args, timeout=timeout)).value

    async def observe(self, name: str, *args: Any, timeout: float | None = None) -> Observation:  # noqa: ASYNC109
        """Call a function, and see as well what it did to its arguments.

        Raises:
            CandidateError: As `call` does.
        """
        host = await self._alive()
        try:
            with _our_side():
                return await host.call(name, args, timeout or self._limits.call_timeout_s)
        except (CandidateCrash, CandidateTimeout) as error:
            await self._bury(host, error)
            raise

    async def restart(self) -> None:
        """Give the next call a new process, with the answer freshly loaded."""
        await self.close()

    async def close(self) -> None:
        """End the process; harmless when there is none."""
        host, self._host = self._host, None
        if host is not None:
            self._printed.append(host.output())
            await host.close()

    def output(self) -> str:
        """What the answer's code has printed so far, bounded."""
        current = [] if self._host is None else [self._host.output()]
        return "".join([*self._printed, *current])

    async def _alive(self) -> Host:
        if self._broken is not None:
            raise self._broken
        if self._host is None:
            source = Source(code=self.code, harness=self._harness)
            try:
                with _our_side():
                    self._host = await self._launcher.load(source)
            except CandidateError as error:
                # What does not load now does not load for the next check either.
                self.timed_out |= isinstance(error, CandidateTimeout)
                self._broken = error
                raise
        return self._host

    async def _bury(self, host: Host, error: CandidateError) -> None:
        self.timed_out |= isinstance(error, CandidateTimeout)
        self._deaths += 1
        await self.close()
        if self._deaths >= MAX_DEATHS:
            text = f"not tried: the answer's process has ended {self._deaths} times ({error})"
            self._broken = CandidateCrash(text)


@contextmanager
def _our_side() -> Iterator[None]:
    """Keep a bug of ours from being taken for the answer's: inside a check any exception fails the check."""
    try:
        yield
    except LlmBenchError:
        raise
    except Exception as error:
        raise SandboxError(f"{type(error).__name__}: {error}") from error
