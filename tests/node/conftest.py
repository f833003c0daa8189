"""Real Node in a real sandbox; skipped where either is missing, and never where `CI` is set."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest
import pytest_asyncio
from runtimes import needed

from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain, prepare_javascript

Load = Callable[..., Awaitable[NodeHost]]


@pytest.fixture(scope="session")
def toolchain() -> JavaScriptToolchain:
    return needed(lambda: prepare_javascript(os.environ))


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    choosing: Coroutine[Any, Any, Sandbox] = choose_sandbox(allow_unsafe=False, environ=os.environ)
    return needed(lambda: asyncio.run(choosing))


@pytest.fixture(scope="session")
def launcher(sandbox: Sandbox, toolchain: JavaScriptToolchain) -> NodeLauncher:
    return NodeLauncher(sandbox, toolchain, Limits(cpu_s=5))


@pytest_asyncio.fixture
async def load(launcher: NodeLauncher) -> AsyncIterator[Load]:
    """Loads answers (and harnesses), and ends their processes after the test."""
    hosts: list[NodeHost] = []

    async def load(code: str, harness: str | None = None) -> NodeHost:
        hosts.append(await launcher.load(Source(code=code, harness=harness)))
        return hosts[-1]

    yield load
    for host in hosts:
        await host.close()
