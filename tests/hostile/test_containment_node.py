"""Attacks by JavaScript answers work in an ordinary Node, and are contained at every level."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from runtimes import needed
from world import VARIABLE, World, wait_until

from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain
from pytest_llmbench.toolchains.node import find_node

FOLDER = Path(__file__).with_name("attacks") / "node"
LIMITS = Limits(cpu_s=5, memory_bytes=256 * MIB, tmp_bytes=4 * MIB)


@pytest.fixture
def toolchain(world: World) -> JavaScriptToolchain:
    """Node without packages, which other users of this machine can read too."""
    node = needed(find_node).binary
    modules = world.folder / "node_modules"
    modules.mkdir()
    return JavaScriptToolchain(node=node, modules=modules, tsc=modules, versions={})


def run_inside(
    sandbox: Sandbox, toolchain: JavaScriptToolchain, attack: str, *args: object, seen: Any = None
) -> Any:
    """What the attack returns, or None where it ends otherwise; `seen` is called before its sandbox ends."""

    async def inside() -> Any:
        code = (FOLDER / f"{attack}.mjs").read_text(encoding="utf-8")
        host = await NodeLauncher(sandbox, toolchain, LIMITS).load(Source(code=code))
        try:
            result = (await host.call("attack", args, 10)).value
            assert seen is None or seen()
        except CandidateError:
            return None
        finally:
            await host.close()
        return result

    return asyncio.run(inside())


def run_bare(world: World, toolchain: JavaScriptToolchain, attack: str, *args: object) -> Any:
    return world.bare(FOLDER / f"{attack}.mjs", args, timeout_s=20, node=toolchain.node).result


def test_what_it_is_after_it_does_not_get(
    sandbox: Sandbox, world: World, toolchain: JavaScriptToolchain
) -> None:
    listener = world.listener(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
    attacks: dict[str, tuple[object, Callable[[Any], bool]]] = {
        "environment": (VARIABLE, lambda result: world.token in str(result)),
        "secret_file": (str(world.secret), lambda result: world.token in str(result)),
        "loopback": (listener.getsockname()[1], lambda result: result is True),
        "memory": (600, lambda result: result == 600),
    }
    for attack, (argument, worked) in attacks.items():
        assert worked(run_bare(world, toolchain, attack, argument)), attack
        assert not worked(run_inside(sandbox, toolchain, attack, argument)), attack


def test_nothing_outside_is_changed(sandbox: Sandbox, world: World, toolchain: JavaScriptToolchain) -> None:
    other, _ = world.bystander()
    run_inside(sandbox, toolchain, "writes_outside", str(world.open))
    run_inside(sandbox, toolchain, "signals", other.pid)
    assert not world.changed
    assert other.poll() is None
    run_bare(world, toolchain, "writes_outside", str(world.open))
    run_bare(world, toolchain, "signals", other.pid)
    assert world.changed
    assert wait_until(lambda: other.poll() is not None, 5)


def test_nothing_survives_its_sandbox(sandbox: Sandbox, world: World, toolchain: JavaScriptToolchain) -> None:
    assert run_bare(world, toolchain, "daemons", world.marker) is True
    left = world.named()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert len(left) == 3
    alive = lambda: wait_until(lambda: len(world.named()) == 3, 5)  # noqa: E731 - one use
    assert run_inside(sandbox, toolchain, "daemons", world.marker, seen=alive) is True
    assert world.named() == []
