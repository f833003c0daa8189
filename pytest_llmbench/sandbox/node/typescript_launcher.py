"""Starts Node hosts for TypeScript answers, which are compiled first."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.sandbox.node.typescript import Compiled, Diagnostic, compile_typescript
from pytest_llmbench.sandbox.recent import Recent
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain

KeptCode = Recent[str, Compiled]
"""What the compiler made of sources."""

KEPT_CODE = 64


class TypeScriptLauncher:
    """Implements `HostLauncher` for TypeScript. A harness is JavaScript, and imports "./answer.mjs".

    An answer with errors of type is run, as far as the compiler made JavaScript of it: whether it
    compiles is a check of its own.

    Args:
        sandbox: Where compiler and hosts run.
        toolchain: Node, the compiler, and the packages that answers may import.
        limits: What each host may use.
        load_timeout_s: How long an answer may take to load, in seconds, without compiling.
        kept: What was compiled before, shared by launchers of one toolchain; None for its own.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        toolchain: JavaScriptToolchain,
        limits: Limits,
        load_timeout_s: float = 10.0,
        kept: KeptCode | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._toolchain = toolchain
        self._node = NodeLauncher(sandbox, toolchain, limits, load_timeout_s)
        self._kept = KeptCode(KEPT_CODE) if kept is None else kept

    async def load(self, source: Source) -> NodeHost:
        """Compile an answer, start a host, and load it there.

        Raises:
            CandidateError: The answer does not compile or load (or crashes, or takes too long).
            SandboxError: Our side failed.
        """
        compiled = await self._compile(source.code)
        if compiled.code is None:
            first = next((found.message for found in compiled.errors), "the compiler made no JavaScript")
            raise CandidateError("SyntaxError", first)
        return await self._node.load(Source(code=compiled.code, harness=source.harness))

    async def diagnose(
        self, code: str, extra_files: Mapping[str, str] | None = None
    ) -> tuple[Diagnostic, ...]:
        """Give what the compiler says of an answer; implements `CheckingLauncher`.

        What it says of the answer beside further files holds for the answer alone, too, so that who
        asks for more first has the compiler run once.

        Raises:
            CandidateTimeout: The answer's types take too long.
            CandidateCrash: The compiler ended on them.
            SandboxError: Our side failed.
        """
        if not extra_files:
            return (await self._compile(code)).diagnostics
        beside = await compile_typescript(self._sandbox, self._toolchain, code, extra_files)
        if self._kept.get(code) is None and all(found.file is not None for found in beside.diagnostics):
            own = tuple(found for found in beside.diagnostics if found.file not in extra_files)
            self._kept.keep(code, Compiled(code=beside.code, diagnostics=own))
        return beside.diagnostics

    async def _compile(self, code: str) -> Compiled:
        compiled = self._kept.get(code)
        if compiled is None:
            compiled = await compile_typescript(self._sandbox, self._toolchain, code)
            self._kept.keep(code, compiled)
        return compiled
