"""Spare hosts: one shot each, none left, and their own failures are no answer's."""

from __future__ import annotations

import asyncio

import pytest

from pytest_llmbench.errors import CandidateError, SandboxError
from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.spare import SpareLauncher

pytestmark = pytest.mark.asyncio
COUNTS = Source(
    code="import os\ncalls = []\ndef f():\n    calls.append(1)\n    return len(calls), os.getpid()"
)


class Counting(PythonLauncher):
    """Keeps what it has started; fails where it is told to."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox, Limits())
        self.started: list[PipeHost] = []
        self.failures = 0

    async def start(self) -> PipeHost:
        if self.failures:
            self.failures -= 1
            raise SandboxError("no")
        self.started.append(await super().start())
        return self.started[-1]


async def test_each_takes_one_answer_and_the_rest_are_ended(any_sandbox: Sandbox) -> None:
    launcher = Counting(any_sandbox)
    spares = SpareLauncher(launcher, most=2)
    for _ in range(4):
        host = await spares.load(COUNTS)
        assert (await host.call("f", (), 10)).value[0] == 1
        await host.close()
    assert 4 < len(launcher.started) <= 6
    await spares.close()
    assert not any(host.alive for host in launcher.started)


async def test_one_is_ready_when_it_is_needed(any_sandbox: Sandbox) -> None:
    launcher = Counting(any_sandbox)
    spares = SpareLauncher(launcher, most=1)
    first = await spares.load(COUNTS)
    await asyncio.sleep(0.1)
    ready = launcher.started[-1]
    assert await spares.load(COUNTS) is ready
    await first.close()
    await ready.close()
    await spares.close()


async def test_one_that_died_or_did_not_start_is_replaced(any_sandbox: Sandbox) -> None:
    launcher = Counting(any_sandbox)
    spares = SpareLauncher(launcher, most=1)
    await (await spares.load(COUNTS)).close()
    await asyncio.sleep(0.05)  # the next is started now
    await launcher.started[-1].close()
    for failures in (0, 1, 0):
        host = await spares.load(COUNTS)
        launcher.failures = failures  # of the next that is started ahead, if it is not started yet
        await asyncio.sleep(0.05)
        assert (await host.call("f", (), 10)).value[0] == 1
        await host.close()
    await spares.close()
    assert not any(host.alive for host in launcher.started)


async def test_an_answer_that_does_not_load_ends_its_host(any_sandbox: Sandbox) -> None:
    launcher = Counting(any_sandbox)
    spares = SpareLauncher(launcher, most=1)
    with pytest.raises(CandidateError, match="ZeroDivisionError"):
        await spares.load(Source(code="1 / 0"))
    await spares.close()
    assert not any(host.alive for host in launcher.started)
