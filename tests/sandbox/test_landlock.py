"""Landlock alone: older kernels, what it says of itself, and what it cannot do."""

from __future__ import annotations

import os
import re
import resource
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from levels import LEVELS, verdict

from pytest_llmbench.errors import CandidateError, SandboxError
from pytest_llmbench.sandbox.base import MIB, Command, Limits
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.landlock import filter as calls
from pytest_llmbench.sandbox.landlock.filter import OWN_PROCESS, landlock_filter
from pytest_llmbench.sandbox.landlock.level import Landlock, landlock_version, tasks_of
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.selftest import self_test
from pytest_llmbench.sandbox.users import UserPool

asynchronous = pytest.mark.asyncio
ATTACKS = Path(__file__).parents[1] / "hostile" / "attacks"
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
SMALL = Limits(cpu_s=5, memory_bytes=128 * MIB, processes=20, tmp_bytes=4 * MIB)


Make = Callable[..., Landlock]


@pytest.fixture
def landlock() -> Make:
    """Makes the level, for this kernel or as an older one would have it."""
    found = verdict(LEVELS["landlock"])
    if found.sandbox is None:
        pytest.skip(str(found.problem))
    users = UserPool(os.getpid()) if os.geteuid() == 0 else None
    return partial(Landlock, users)


@asynchronous
@pytest.mark.parametrize("version", [3, 4, 5, 6])
async def test_older_kernels_hold_the_same(landlock: Make, version: int) -> None:
    assert await self_test(landlock(version), os.environ) == []


@asynchronous
async def test_a_kernel_that_is_too_old_is_refused_and_says_what_is_needed(landlock: Make) -> None:
    with pytest.raises(SandboxError, match=r"version 3 is needed \(Linux 6.2\)"):
        await landlock(2).start(Command(argv=("/bin/true",)))


SIGNALLING = """
import os, signal
def to(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
def to_itself():
    seen = []
    signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    return len(seen)
"""


@asynchronous
@pytest.mark.parametrize("version", [5, 6])
async def test_signals_stay_inside_on_older_kernels_too(landlock: Make, version: int) -> None:
    host = await PythonLauncher(landlock(version), SMALL).load(Source(code=SIGNALLING))
    try:
        for pid in (os.getpid(), os.getppid(), host._process.pid, 1):  # type: ignore[attr-defined]
            assert (await host.call("to", (pid,), 5)).value is False
        assert (await host.call("to_itself", (), 5)).value == 2
    finally:
        await host.close()


@asynchronous
@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("attack", ["signals", "slows_others"])
async def test_other_processes_stay_out_of_reach_on_older_kernels(
    landlock: Make, version: int, attack: str
) -> None:
    code = (ATTACKS / f"{attack}.py").read_text(encoding="utf-8")
    with subprocess.Popen(["/bin/sleep", "60"]) as other:  # noqa: ASYNC220 - it is there at once
        limit, priority = resource.prlimit(other.pid, resource.RLIMIT_NOFILE), os.getpriority(0, other.pid)
        host = await PythonLauncher(landlock(version), SMALL).load(Source(code=code))
        await host.call("attack", (other.pid,), 5)
        await host.close()
        assert other.poll() is None
        assert resource.prlimit(other.pid, resource.RLIMIT_NOFILE) == limit
        assert os.getpriority(0, other.pid) == priority
        other.kill()


@asynchronous
async def test_files_beyond_their_limit_end_the_sandbox_and_say_so(landlock: Make) -> None:
    code = "import time\ndef f():\n    for n in range(30): open(str(n), 'wb').write(bytes(1 << 20))\n"
    code += "    time.sleep(5)"
    host = await PythonLauncher(landlock(), SMALL).load(Source(code=code))
    with pytest.raises(CandidateError):
        await host.call("f", (), 10)
    await host.close()
    assert "files: more than" in host.output()


@asynchronous
async def test_what_cannot_be_executed_is_our_failure_and_told(landlock: Make) -> None:
    process = await landlock().start(Command(argv=("/nonexistent",)))
    assert await process.wait() != 0
    await process.kill()
    assert "failed to execute /nonexistent" in process.stderr_text()


def test_the_filter_knows_both_architectures() -> None:
    for machine in ("x86_64", "aarch64"):
        sizes = [
            len(landlock_filter(machine, same_user=same, signals_scoped=scoped))
            for same, scoped in ((False, True), (True, True), (True, False))
        ]
        assert sizes == sorted(set(sizes))
        assert OWN_PROCESS.to_bytes(4, "little") in landlock_filter(
            machine, same_user=True, signals_scoped=False
        )


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_the_kernels(machine: str) -> None:
    tables = (
        calls._FILTERED,
        calls._SOCKETS,
        calls._METADATA,
        calls._OTHER_PROCESSES,
        calls._OWN_ONLY,
        calls._SIGNALS,
    )
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    pattern = r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b"
    kernel = {name: int(number) for name, number in re.findall(pattern, header.read_text())}
    ours = {name: number for table in tables for name, number in table[machine].items()}
    assert {name: number for name, number in ours.items() if kernel.get(name, number) != number} == {}
    assert len(ours) - len(ours.keys() - kernel) > 20


def test_threads_of_a_user_are_counted() -> None:
    assert landlock_version() > 0
    assert tasks_of(os.geteuid()) >= len(list(Path("/proc/self/task").iterdir()))
    assert tasks_of(0x7ABC0123) == 0
