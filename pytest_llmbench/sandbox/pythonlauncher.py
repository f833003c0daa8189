"""Starts hosts for Python answers, in the interpreter that runs the judge.

The host's code goes through the pipe, compiled: no file of ours has to be visible inside, and nothing
is compiled twice.
"""

from __future__ import annotations

from functools import cache

from pytest_llmbench.sandbox.base import RESTRICTION, Command, Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.sandbox.modules import compiled_modules
from pytest_llmbench.sandbox.runtime import python_runtime

# Reads the host's modules from standard input, where the requests follow them.
_BOOTSTRAP = """\
import marshal, posix, sys
size, data = int(sys.argv[2]), b""
while len(data) < size:
    data += posix.read(0, size - len(data)) or posix._exit(3)
for name, code in marshal.loads(data):
    module = sys.modules[name] = type(sys)(name)
    exec(code, module.__dict__)
sys.modules["pytest_llmbench.sandbox.restrict"].restrict(sys.argv[1])
module.serve()
"""


class PythonLauncher:
    """Implements `HostLauncher` for Python.

    Args:
        sandbox: Where the hosts run.
        limits: What each may use.
        load_timeout_s: How long an answer may take to load, in seconds.
    """

    def __init__(self, sandbox: Sandbox, limits: Limits, load_timeout_s: float = 10.0) -> None:
        self._sandbox = sandbox
        self.load_timeout_s = load_timeout_s
        runtime = python_runtime()
        self._modules = host_modules()
        size = str(len(self._modules))
        self._command = Command(
            argv=(runtime.executable, "-I", "-S", "-B", "-c", _BOOTSTRAP, RESTRICTION, size),
            mounts=runtime.mounts,
            hidden=runtime.hidden,
            limits=limits,
        )

    async def start(self) -> PipeHost:
        """Start a host ahead of need; it takes one answer (`PipeHost.load`).

        Raises:
            SandboxError: The sandbox could not be started.
        """
        process = await self._sandbox.start(self._command)
        process.stdin.write(self._modules)
        return PipeHost(process)

    async def load(self, source: Source) -> PipeHost:
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


@cache
def host_modules() -> bytes:
    """The modules that run inside, in the order in which they need each other."""
    return compiled_modules("pytest_llmbench.sandbox", ("restrict", "tags", "codec", "python_host"))
