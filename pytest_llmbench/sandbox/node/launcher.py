"""Starts Node hosts for JavaScript answers."""

from __future__ import annotations

from pathlib import Path

from pytest_llmbench.sandbox.base import MIB, Command, Limits, Mount, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain

_INSIDE = Path(__file__).parent / "inside"
# The pipes are moved away from where an answer prints to, by the shell, since Node cannot.
_PRIVATE_PIPES = 'exec 3<&0 4>&1 </dev/null >&2; exec "$@"'

# Node ends where OpenSSL's configuration is there and cannot be read.
_ENVIRONMENT = {"OPENSSL_CONF": "/dev/null"}

# V8 maps all that compiled code may ever take, and where the processor has no protection keys it maps
# it writable, which counts as data.
_CODE_RANGE_BYTES = 512 * MIB


class NodeLauncher:
    """Implements `HostLauncher` for JavaScript.

    Args:
        sandbox: Where the hosts run.
        toolchain: Node, and the packages that answers may import.
        limits: What each may use.
        load_timeout_s: How long an answer may take to load, in seconds.
    """

    def __init__(
        self, sandbox: Sandbox, toolchain: JavaScriptToolchain, limits: Limits, load_timeout_s: float = 10.0
    ) -> None:
        self._sandbox = sandbox
        self.load_timeout_s = load_timeout_s
        self._command = _command(toolchain, limits)

    async def start(self) -> NodeHost:
        """Start a host ahead of need; it takes one answer (`NodeHost.load`).

        Raises:
            SandboxError: The sandbox could not be started.
        """
        return NodeHost(await self._sandbox.start(self._command))

    async def load(self, source: Source) -> NodeHost:
        """Start a host, and load an answer in it.

        Raises:
            CandidateError: The answer does not load (or crashes, or takes too long).
            SandboxError: Our side failed.
        """
        host = await self.start()
        try:
            await host.load(source, self.load_timeout_s)
        except BaseException:
            await host.close()
            raise
        return host


def _command(toolchain: JavaScriptToolchain, limits: Limits) -> Command:
    """Everything is bound where it lies, which works at levels too that cannot show it elsewhere."""
    flags = ("--no-warnings", f"--max-old-space-size={_heap_mib(limits)}")
    node = (str(toolchain.node), *flags, str(_INSIDE / "node_host.mjs"), str(toolchain.modules))
    return Command(
        argv=("/bin/sh", "-c", _PRIVATE_PIPES, "sh", *node),
        mounts=tuple(
            Mount(source=path, target=str(path)) for path in (toolchain.node, toolchain.modules, _INSIDE)
        ),
        env=_ENVIRONMENT,
        limits=limits.model_copy(update={"reserved_bytes": _CODE_RANGE_BYTES}),
    )


def _heap_mib(limits: Limits) -> int:
    """The heap that V8 keeps to by collecting; the rest is its own code, stacks and buffers."""
    return max(16, limits.memory_bytes * 3 // 4 // MIB)
