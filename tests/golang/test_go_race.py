"""The build with the race detector: made where a harness asks for it, run beside the plain one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.golang.launcher import GoLauncher
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.toolchains.go_cache import GoToolchain

pytestmark = pytest.mark.asyncio

Load = Callable[..., Awaitable[PipeHost]]

HARNESS = """\
package harness

//llmbench:race

import "answer/llmbench"

func has() bool { return llmbench.HasRace() }

func run() (string, error) {
	work, _ := llmbench.Answer("work").(func())
	work()
	return "", nil
}

func child() { run() }

func report() (string, error) {
	printed, err := llmbench.Again("child", true).CombinedOutput()
	if err != nil && len(printed) > 0 {
		err = nil // the detector's own exit code
	}
	return string(printed), err
}
"""
CODE = """\
package main

import "sync"

func work() {
	var wait sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for range 2 {
		wait.Go(func() {
			%s
			total++
		})
	}
	wait.Wait()
	_ = &mu
}
"""


@pytest.fixture
def with_race(toolchain: GoToolchain) -> None:
    if toolchain.compiler is None:
        pytest.skip(f"no race detector: {toolchain.no_race}")


@pytest.mark.usefixtures("with_race")
@pytest.mark.parametrize(("lock", "racy"), [("", True), ("mu.Lock(); defer mu.Unlock()", False)])
async def test_races_are_told(load: Load, lock: str, racy: bool) -> None:
    host = await load(CODE % lock, HARNESS)
    assert (await host.call("has", (), 5)).value is True
    assert ("WARNING: DATA RACE" in (await host.call("report", (), 20)).value) is racy


async def test_without_a_c_compiler_there_is_only_the_plain_program(
    sandbox: Sandbox, toolchain: GoToolchain
) -> None:
    without = toolchain.model_copy(update={"compiler": None, "no_race": "there is no C compiler"})
    host = await GoLauncher(sandbox, without, Limits(cpu_s=10)).load(Source(code=CODE % "", harness=HARNESS))
    try:
        assert (await host.call("has", (), 5)).value is False
    finally:
        await host.close()
