"""Starts Node hosts for TypeScript answers, which are compiled first."""

from __future__ import annotations

from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.sandbox.node.typescript import compile_typescript
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain


class TypeScriptLauncher:
    """Implements `HostLauncher` for TypeScript. A harness is JavaScript, and imports "./answer.mjs".

    An answer with errors of type is run, as far as the compiler made JavaScript of it: whether it
    compiles is a check of its own.

    Args:
        sandbox: Where compiler and hosts run.
        toolchain: Node, the compiler, and the packages that answers may import.
        limits: What each host may use.
        load_timeout_s: How long an answer may take to load, in seconds, without compiling.
    """

    def __init__(
        self, sandbox: Sandbox, toolchain: JavaScriptToolchain, limits: Limits, load_timeout_s: float = 10.0
    ) -> None:
        self._sandbox = sandbox
        self._toolchain = toolchain
        self._node = NodeLauncher(sandbox, toolchain, limits, load_timeout_s)

    async def load(self, source: Source) -> NodeHost:
        """Compile an answer, start a host, and load it there.

        Raises:
            CandidateError: The answer does not compile or load (or crashes, or takes too long).
            SandboxError: Our side failed.
        """
        compiled = await compile_typescript(self._sandbox, self._toolchain, source.code)
        if compiled.code is None:
            first = next((found.message for found in compiled.errors), "the compiler made no JavaScript")
            raise CandidateError("SyntaxError", first)
        return await self._node.load(Source(code=compiled.code, harness=source.harness))
