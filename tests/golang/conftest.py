"""Real Go in a real sandbox; skipped where either is missing, and never where `CI` is set.

The first run on a machine compiles Go's libraries, which takes minutes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest
import pytest_asyncio
from projects import make_server, no_keys
from runtimes import needed

from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.sandbox.golang.launcher import GoLauncher
from pytest_llmbench.sandbox.golang.workshop import Workshop
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.toolchains.go_cache import GoToolchain
from pytest_llmbench.toolchains.go_status import prepare_go

__all__ = ["make_server", "no_keys"]

Load = Callable[..., Awaitable[PipeHost]]


@pytest.fixture(scope="session")
def toolchain() -> GoToolchain:
    return needed(lambda: prepare_go(os.environ))


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    choosing: Coroutine[Any, Any, Sandbox] = choose_sandbox(allow_unsafe=False, environ=os.environ)
    return needed(lambda: asyncio.run(choosing))


@pytest.fixture(scope="session")
def launcher(sandbox: Sandbox, toolchain: GoToolchain) -> GoLauncher:
    return GoLauncher(sandbox, toolchain, Limits(cpu_s=10))


@pytest.fixture(scope="session")
def workshop(sandbox: Sandbox, toolchain: GoToolchain) -> Workshop:
    return Workshop(sandbox, toolchain)


@pytest_asyncio.fixture
async def load(launcher: GoLauncher) -> AsyncIterator[Load]:
    """Loads answers (and harnesses), and ends their processes after the test."""
    hosts: list[PipeHost] = []

    async def load(code: str, harness: str | None = None) -> PipeHost:
        hosts.append(await launcher.load(Source(code=code, harness=harness)))
        return hosts[-1]

    yield load
    for host in hosts:
        await host.close()
