"""What hostile code tries at each level of isolation, judged by what this side sees of it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.tree import descendants

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio

ATTACKS_FILE = Path(__file__).with_name("attacks.txt")
ATTACKS = ATTACKS_FILE.read_text(encoding="utf-8")
SMALL = Limits(cpu_s=5, memory_bytes=128 * MIB, processes=20, tmp_bytes=4 * MIB)


@asynccontextmanager
async def attacker(sandbox: Sandbox, limits: Limits = SMALL) -> AsyncIterator[PipeHost]:
    host = await PythonLauncher(sandbox, limits).load(Source(code=ATTACKS))
    try:
        yield host
    finally:
        await host.close()


async def attack(sandbox: Sandbox, name: str, *args: object, timeout_s: float = 10) -> object:
    async with attacker(sandbox) as host:
        return (await host.call(name, args, timeout_s)).value


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


async def gone(pids: list[int], within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while alive(pids):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.01)
    return True


async def test_other_packages_of_the_interpreter_are_not_inside(sandbox: Sandbox) -> None:
    if not sandbox.holds.names:
        pytest.skip("names can be listed at this level, and files not opened")
    assert await attack(sandbox, "packages") == []


async def test_its_own_loopback_works(sandbox: Sandbox) -> None:
    if sandbox.holds.loopback:
        assert await attack(sandbox, "echo_over_loopback", b"hello") == b"hello"
    else:
        with pytest.raises(CandidateError, match="Address family not supported"):
            await attack(sandbox, "echo_over_loopback", b"hello")


async def test_privileges_are_gone(sandbox: Sandbox) -> None:
    status = await attack(sandbox, "own_status")
    assert isinstance(status, dict)
    assert (status["CapEff"], status["CapPrm"], status["CapAmb"]) == ("0" * 16,) * 3
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert "0" not in status["Uid"].split() + status["Gid"].split()


async def test_the_filter_denies_ways_out(sandbox: Sandbox) -> None:
    answers = await attack(sandbox, "system_calls")
    assert isinstance(answers, dict)
    assert answers.pop("memfd_create") == "ENOSYS"
    assert answers.pop("clone3") == "ENOSYS"
    assert answers.pop("socket(AF_ALG)") == "EAFNOSUPPORT"
    assert answers == dict.fromkeys(answers, "EPERM")
    assert len(answers) > 10


async def test_memory_is_watched_while_the_loop_stands_still(sandbox: Sandbox) -> None:
    async with attacker(sandbox) as host:
        call = asyncio.ensure_future(host.call("shared_balloon", (1024,), timeout_s=20))
        await asyncio.sleep(0.02)
        inside = descendants(host._process.pid)  # type: ignore[attr-defined]
        deadline = time.monotonic() + 10
        while alive(inside[1:]) and time.monotonic() < deadline:
            time.sleep(0.01)  # noqa: ASYNC251 - that is the point
        assert time.monotonic() < deadline
        with pytest.raises(CandidateCrash, match="memory"):
            await call


async def test_a_flood_of_replies_does_not_hold_up_the_end(sandbox: Sandbox) -> None:
    async with attacker(sandbox) as host:
        with pytest.raises((CandidateCrash, CandidateTimeout)):
            await host.call("flood_replies", (), timeout_s=1)
        inside = descendants(host._process.pid)  # type: ignore[attr-defined]
    assert alive(inside) == []


async def test_nothing_survives_the_end_of_the_judge(sandbox: Sandbox, tmp_path: Path) -> None:
    script = tmp_path / "judge.py"
    script.write_text(JUDGE)
    before = own_folders()
    with subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, script, sandbox.level, ATTACKS_FILE], stdout=subprocess.PIPE, text=True
    ) as judge:
        assert judge.stdout is not None
        inside = [int(number) for number in judge.stdout.readline().split()]
        assert len(inside) >= 4
        assert alive(inside) == inside
        judge.send_signal(signal.SIGKILL)
    assert await gone(inside)
    assert own_folders() <= before


def own_folders() -> set[Path]:
    """The folders that sandboxes without a file system of their own write to."""
    return set(Path(tempfile.gettempdir()).glob(f"llmbench-{'[0-9a-f]' * 16}"))


JUDGE = """
import asyncio, os, sys, time
from pathlib import Path
from pytest_llmbench.sandbox.base import Limits
from pytest_llmbench.sandbox.choose import levels
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.tree import descendants

async def main():
    sandbox = next(made for made in (level.make() for level in levels()) if made.level == sys.argv[1])
    launcher = PythonLauncher(sandbox, Limits())
    host = await launcher.load(Source(code=Path(sys.argv[2]).read_text()))
    await host.call("daemonize", (2,), timeout_s=10)
    print(*descendants(os.getpid()), flush=True)
    time.sleep(60)

asyncio.run(main())
"""
