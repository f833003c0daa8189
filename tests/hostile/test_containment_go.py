"""Attacks by a Go answer work in an ordinary program, and are contained where Go answers run."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from world import VARIABLE, World, wait_until

from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.golang.launcher import GoLauncher
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.toolchains.go import command_line, go_environment
from pytest_llmbench.toolchains.go_cache import GoToolchain

ATTACK = Path(__file__).with_name("attacks") / "go" / "reaches_out.go"
MAIN = """
func main() {
	var secret, name, folder string
	var port, number int
	fmt.Sscan(os.Args[1], &secret)
	fmt.Sscan(os.Args[2], &name)
	fmt.Sscan(os.Args[3], &port)
	fmt.Sscan(os.Args[4], &number)
	fmt.Sscan(os.Args[5], &folder)
	found := map[string]any{
		"ReadSecret": ReadSecret(secret), "Environment": Environment(name), "Connect": Connect(port),
		"Signal": Signal(number), "Write": Write(folder), "Memory": Memory(600),
	}
	text, _ := json.Marshal(found)
	fmt.Println(string(text))
}
"""


def run_bare(world: World, go: GoToolchain, *args: object) -> dict[str, Any]:
    """The attacks in a program of their own, built and run as this user."""
    source = ATTACK.read_text(encoding="utf-8")
    source = source.replace("package answer", "package main").replace(
        "import (", 'import (\n\t"encoding/json"\n\t"fmt"'
    )
    (world.scratch / "main.go").write_text(source + MAIN)
    scratch = str(world.scratch)
    env = {
        **go_environment(go.go),
        "PATH": "/usr/bin:/bin",
        "HOME": scratch,
        "GOCACHE": f"{scratch}/unused",
        "GOCACHEPROG": command_line(go.tool, "cache", *go.build_caches, f"{scratch}/cache"),
        "GOPATH": f"{scratch}/gopath",
        "GOTMPDIR": scratch,
    }
    build = [go.go.root / "bin" / "go", "build", "-o", "attack", "main.go"]
    subprocess.run(build, cwd=scratch, env=env, check=True, timeout=300)
    done = subprocess.run(
        [world.scratch / "attack", *map(str, args)],
        env={VARIABLE: world.token},
        capture_output=True,
        check=True,
        timeout=30,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_a_go_answer_does_not_reach_out(any_sandbox: Sandbox, world: World, go: GoToolchain) -> None:
    if not any_sandbox.holds.own_paths:
        pytest.skip("Go answers do not run at this level")
    other, _ = world.bystander()
    listener = world.listener(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
    calls: dict[str, object] = {
        "ReadSecret": str(world.secret),
        "Environment": VARIABLE,
        "Connect": listener.getsockname()[1],
        "Signal": other.pid,
        "Write": str(world.open),
        "Memory": 600,
    }

    async def inside() -> dict[str, Any]:
        launcher = GoLauncher(any_sandbox, go, Limits(cpu_s=10, memory_bytes=256 * MIB))
        host = await launcher.load(Source(code=ATTACK.read_text(encoding="utf-8")))
        found = {}
        for name, argument in calls.items():
            try:
                found[name] = (await host.call(name, (argument,), 20)).value
            except CandidateError as error:
                found[name] = type(error).__name__
        await host.close()
        return found

    found = asyncio.run(inside())
    assert found.pop("Memory") == "CandidateCrash"
    assert found == {"ReadSecret": "", "Environment": [], "Connect": False, "Signal": False, "Write": False}
    assert other.poll() is None
    assert not world.changed
    shown = run_bare(world, go, *list(calls.values())[:5])
    assert shown["ReadSecret"] == world.token
    # Those of tests that run beside this one are found too.
    assert f"{VARIABLE}={world.token}" in shown["Environment"]
    assert (shown["Connect"], shown["Signal"], shown["Memory"]) == (True, True, 600)
    assert wait_until(lambda: other.poll() is not None, 5)
    assert world.changed
