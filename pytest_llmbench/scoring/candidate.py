"""`candidate`: an answer's code alive in a sandbox, as a body sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_llmbench.answers.answer import Answer, Block
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout, TaskError
from pytest_llmbench.sandbox.host import CheckingLauncher, HostLauncher, Observation, ServingHost, Source
from pytest_llmbench.scoring.fault import our_side
from pytest_llmbench.scoring.living import LivingAnswer
from pytest_llmbench.scoring.syntax import SyntaxNode, find_nodes
from pytest_llmbench.scoring.timing import Timing
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.tasks.task import TaskLimits

if TYPE_CHECKING:
    from pytest_llmbench.sandbox.node.reply import HttpReply
    from pytest_llmbench.sandbox.node.typescript import Diagnostic

TYPE_CHECKS = "checks.ts"
"""What the file of `Candidate.check_types` is called."""


class Candidate:
    """The code of one answer, in a process of its own that is started by the first call.

    State in the answer's module lives on from call to call. A call that kills the process costs
    itself alone: the next one gets a new process, a few times (`living.MAX_DEATHS`).

    Args:
        launcher: Starts processes of the task's language.
        answer: What was found in the reply; its code must not be None.
        harness: The task's harness, or None.
        limits: The task's limits.
        completion: The reply; None where a solution is judged.
        language: The task's language.
        references: The code of the task's references, for what is measured against them.
        form_fault: What is wrong with the form of the reply's code (see `form`); None where nothing is.
    """

    def __init__(
        self,
        launcher: HostLauncher,
        answer: Answer,
        *,
        harness: str | None,
        limits: TaskLimits,
        completion: Completion | None,
        language: Language,
        references: tuple[str, ...] = (),
        form_fault: str | None = None,
    ) -> None:
        self._launcher = launcher
        self._answer = answer
        self._harness = harness
        self._limits = limits
        self._completion = completion
        self._language: Language = language
        self._reference_codes = references
        self.form_fault = form_fault
        self._references: tuple[Reference, ...] = ()
        self.timing = Timing()
        self._living = LivingAnswer(launcher, Source(code=self.code, harness=harness), self.timing)

    @property
    def code(self) -> str:
        """The answer's code."""
        return self._answer.code or ""

    @property
    def prose(self) -> str:
        """What the reply says beside its code."""
        return self._answer.prose

    @property
    def timed_out(self) -> bool:
        """Whether a process had to be ended for the time that it took."""
        return self._living.timed_out

    @property
    def completion(self) -> Completion | None:
        """The whole reply; None where a solution of the task is judged."""
        return self._completion

    def blocks(self, language: str) -> tuple[Block, ...]:
        """All code blocks of the reply that are tagged with a language, in order."""
        return tuple(block for block in self._answer.blocks if block.language == language)

    def nodes(self, *kinds: str) -> tuple[SyntaxNode, ...]:
        """Give the nodes of some kinds in the answer's syntax tree, in the order of the text.

        Args:
            *kinds: Kinds as the tree-sitter grammar of the task's language names them, for example
                ``"as_expression"``, or tokens as they stand, for example ``"!"``.
        """
        return find_nodes(self._language, self.code, frozenset(kinds))

    def references(self) -> tuple[Reference, ...]:
        """Give the task's references, each in a process of its own, to measure the answer against.

        Those that are whole replies are left out. They are ended with this candidate.
        """
        if not self._references:
            self._references = tuple(
                Reference(
                    self._launcher,
                    Answer(code=code, found="given"),
                    harness=self._harness,
                    limits=self._limits,
                    completion=None,
                    language=self._language,
                )
                for code in self._reference_codes
            )
        return self._references

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

    async def observe(
        self,
        name: str,
        *args: Any,
        timeout: float | None = None,  # noqa: ASYNC109
        cpu_s: float | None = None,
    ) -> Observation:
        """Call a function, and see as well what it did to its arguments.

        With `cpu_s`, a call that takes more CPU time ends as a `CandidateTimeout` that counts at once.

        Raises:
            CandidateError: As `call` does.
        """
        host = await self._living.host()
        timeout_s = timeout or self._limits.call_timeout_s
        try:
            with our_side(), self.timing.call(name, timeout_s) as timed:
                timed.append(await host.call(name, args, timeout_s, cpu_s))
                return timed[0]
        except (CandidateCrash, CandidateTimeout) as error:
            await self._living.bury(host, error)
            raise

    async def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        port: int | None = None,
    ) -> HttpReply:
        """Ask a server that the answer runs; it listens inside, on the sandbox's own loopback.

        Args:
            method: The HTTP method, in upper case.
            path: Path and query, percent-encoded.
            headers: The headers.
            body: The body.
            timeout: As for `call`.
            port: The server's port; that of the last call of the harness's ``listen`` where it is None.

        Raises:
            CandidateError: No server listens, or what it answers is no HTTP.
            TaskError: The language has no servers here, or the request is none.
        """
        host = await self._living.host()
        if not isinstance(host, ServingHost):
            raise TaskError(f"candidate.request: a {self._language} answer cannot be asked over HTTP")
        timeout_s = timeout or self._limits.call_timeout_s
        try:
            with our_side(author=(ValueError,)), self.timing.call(f"{method} {path}", timeout_s):
                return await host.request(
                    method, path, headers=headers, body=body, timeout_s=timeout_s, port=port
                )
        except (CandidateCrash, CandidateTimeout) as error:
            await self._living.bury(host, error)
            raise

    async def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Give what the language's compiler says of the answer, at its strictest.

        Raises:
            CandidateError: The compiler did not get to an end over it.
            TaskError: The language has no compiler that checks types.
        """
        with our_side():
            return await self._compiler("diagnostics").diagnose(self.code)

    async def check_types(self, source: str) -> tuple[Diagnostic, ...]:
        """Give what the compiler says of a file that uses the answer.

        What has to be refused stands below a ``// @ts-expect-error``.

        Args:
            source: The file; it imports the answer as ``"./answer.js"``.

        Raises:
            CandidateError: The compiler did not get to an end over it.
            TaskError: The language has no compiler that checks types.
        """
        with our_side():
            found = await self._compiler("check_types").diagnose(self.code, {TYPE_CHECKS: source})
        return tuple(diagnostic for diagnostic in found if diagnostic.file == TYPE_CHECKS)

    def _compiler(self, asked: str) -> CheckingLauncher:
        if not isinstance(self._launcher, CheckingLauncher):
            raise TaskError(f"candidate.{asked}: {self._language} has no compiler that checks types")
        return self._launcher

    async def restart(self) -> None:
        """Give the next call a new process, with the answer freshly loaded."""
        await self._living.end()

    async def close(self) -> None:
        """End all processes; harmless when there are none."""
        await self._living.end()
        for reference in self._references:
            await reference.close()

    def output(self) -> str:
        """What the answer's code has printed so far, bounded."""
        return self._living.output()


class Reference(Candidate):
    """A reference of the task, running beside an answer; what it does wrong is the task's fault."""

    async def observe(
        self,
        name: str,
        *args: Any,
        timeout: float | None = None,  # noqa: ASYNC109
        cpu_s: float | None = None,
    ) -> Observation:
        """Call a function, as `Candidate.observe` does; a failure is a `TaskError`."""
        try:
            return await super().observe(name, *args, timeout=timeout, cpu_s=cpu_s)
        except CandidateError as error:
            raise TaskError(f"a reference that the answer is measured against failed: {error}") from error
