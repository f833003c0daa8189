"""The same host, compiler and server as an ordinary process, for those who ask for that."""

from __future__ import annotations

import pytest

from pytest_llmbench.errors import CandidateCrash
from pytest_llmbench.sandbox.base import Limits
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.sandbox.node.typescript import compile_typescript
from pytest_llmbench.sandbox.plain import Plain
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain

CODE = """
import http from "node:http";
export const f = (x: number): number => 2 * x;
export const end = (): never => process.exit(0);
export const listen = (): Promise<number> => new Promise((resolve) => {
  const server = http.createServer((_, response) => response.end("here")).listen(0, "127.0.0.1", () => {
    const address = server.address();
    resolve(typeof address === "object" && address !== null ? address.port : 0);
  });
});
"""


@pytest.mark.asyncio
async def test_it_works_without_isolation(toolchain: JavaScriptToolchain) -> None:
    sandbox = Plain()
    compiled = await compile_typescript(sandbox, toolchain, CODE)
    assert not compiled.diagnostics
    assert compiled.code is not None
    host = await NodeLauncher(sandbox, toolchain, Limits()).load(Source(code=compiled.code))
    assert (await host.call("f", (2,), 10)).value == 4
    await host.call("listen", (), 10)
    assert (await host.request("GET", "/", timeout_s=10)).text == "here"
    with pytest.raises(CandidateCrash):
        await host.call("end", (), 10)
    await host.close()
