"""What hostile code tries at each level of isolation, judged by what this side sees of it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
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
from pytest_llmbench.sandbox.runtime import python_runtime
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


async def test_no_variable_of_the_environment_is_inside(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hunter2")
    seen = await attack(sandbox, "all_environments")
    assert isinstance(seen, bytes)
    assert b"PATH=" in seen
    assert b"hunter2" not in seen
    assert b"SOME_API_KEY" not in seen


async def test_no_file_of_this_machine_is_inside(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "id_ed25519"
    secret.write_text("secret")
    paths = [str(secret), "/etc/shadow", "/etc/passwd", "/etc/hostname", __file__, "/proc/1/root/etc/passwd"]
    paths += [
        f"/proc/{os.getpid()}/environ",
        f"/proc/self/cwd/../..{secret}",
        "/dev/mem",
        "/dev/sda",
        "/proc/kcore",
    ]
    assert await attack(sandbox, "read_all", paths) == {}


async def test_the_home_folder_is_not_inside(sandbox: Sandbox) -> None:
    folders = ["/root", "/home", "/mnt", "/srv", "/opt", "/var", "/boot", "/media", "/run", "/sys"]
    seen = await attack(sandbox, "names_below", folders)
    leading_to_the_interpreter = {part for mount in python_runtime().mounts for part in mount.source.parts}
    assert isinstance(seen, list)
    assert set(seen) <= leading_to_the_interpreter


async def test_other_packages_of_the_interpreter_are_not_inside(sandbox: Sandbox) -> None:
    assert await attack(sandbox, "packages") == []


async def test_nothing_outside_can_be_written(sandbox: Sandbox, tmp_path: Path) -> None:
    folders = [
        str(tmp_path),
        "/usr/lib",
        "/usr/bin",
        "/etc",
        "/dev",
        "/",
        str(Path(os.__file__).parent),
        "/proc/sys/kernel",
    ]
    assert await attack(sandbox, "write_in", folders) == []
    assert not (tmp_path / "llmbench-was-here").exists()


async def test_no_port_of_this_machine_is_reached(sandbox: Sandbox) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        abstract.bind(f"\0llmbench-{os.getpid()}")
        abstract.listen()
        datagrams.bind(("127.0.0.1", 0))
        for listener in (server, abstract, datagrams):
            listener.setblocking(False)
        numbers = server.getsockname()[1], datagrams.getsockname()[1]
        assert await attack(sandbox, "reach", *numbers, f"\0llmbench-{os.getpid()}") == []
        for listener in (server, abstract):
            with pytest.raises(BlockingIOError):
                listener.accept()
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)


async def test_its_own_loopback_works(sandbox: Sandbox) -> None:
    assert await attack(sandbox, "echo_over_loopback", b"hello") == b"hello"


async def test_no_other_process_is_seen_or_signalled(sandbox: Sandbox) -> None:
    with subprocess.Popen(["sleep", "60"]) as bystander:  # noqa: ASYNC220
        numbers = [bystander.pid, os.getpid(), os.getppid()]
        seen, signalled = await attack(sandbox, "others", numbers)  # type: ignore[misc]
        assert seen <= 3
        assert signalled == []
        assert bystander.poll() is None
        bystander.kill()


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


async def test_a_fork_bomb_is_bounded_and_leaves_nothing(sandbox: Sandbox) -> None:
    async with attacker(sandbox) as host:
        count = (await host.call("fork_bomb", (200,), timeout_s=20)).value
        inside = descendants(host._process.pid)  # type: ignore[attr-defined]
        assert len(inside) > 10
    assert count < SMALL.processes
    assert alive(inside) == []


async def test_memory_in_one_process_is_bounded(sandbox: Sandbox) -> None:
    with pytest.raises(CandidateError, match="MemoryError"):
        await attack(sandbox, "balloon", 2048)


@pytest.mark.parametrize("name", ["shared_balloon", "balloons"])
async def test_memory_that_no_limit_counts_is_watched(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(CandidateCrash, match=r"memory: \d+ MiB used, 128 MiB allowed"):
        await attack(sandbox, name, 800)


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


async def test_disks_are_bounded(sandbox: Sandbox) -> None:
    sizes = await attack(sandbox, "fill", ["/tmp", "/work", "/dev/shm"], 64)
    assert isinstance(sizes, list)
    assert sizes[0] <= SMALL.tmp_bytes
    assert sizes[1] <= 2 * SMALL.tmp_bytes
    assert sizes[2] <= 16 * MIB
    assert min(sizes) > MIB


async def test_nothing_is_left_for_the_next(sandbox: Sandbox) -> None:
    await attack(sandbox, "leave_files")
    assert await attack(sandbox, "names_below", ["/tmp", "/work", "/dev/shm"]) == []


async def test_an_endless_loop_ends_by_cpu_time(sandbox: Sandbox) -> None:
    for name in ("loop", "loop_on"):
        async with attacker(sandbox, SMALL.model_copy(update={"cpu_s": 1})) as host:
            with pytest.raises((CandidateTimeout, CandidateCrash)):
                await host.call(name, (), timeout_s=20)


async def test_an_output_flood_is_bounded(sandbox: Sandbox) -> None:
    async with attacker(sandbox) as host:
        with pytest.raises(CandidateCrash, match="output: more than 64 MiB"):
            await host.call("flood", (), timeout_s=20)
        assert len(host.output()) <= SMALL.output_bytes


async def test_a_flood_of_replies_does_not_hold_up_the_end(sandbox: Sandbox) -> None:
    async with attacker(sandbox) as host:
        with pytest.raises((CandidateCrash, CandidateTimeout)):
            await host.call("flood_replies", (), timeout_s=1)
        inside = descendants(host._process.pid)  # type: ignore[attr-defined]
    assert alive(inside) == []


async def test_daemons_do_not_survive(sandbox: Sandbox) -> None:
    async with attacker(sandbox) as host:
        await host.call("daemonize", (5,), timeout_s=10)
        inside = descendants(host._process.pid)  # type: ignore[attr-defined]
        assert len(inside) >= 7
    assert alive(inside) == []


async def test_nothing_survives_the_end_of_the_judge(sandbox: Sandbox, tmp_path: Path) -> None:
    script = tmp_path / "judge.py"
    script.write_text(JUDGE)
    level = "root" if sandbox.level.endswith("root") else "user"
    binary = sandbox._binary  # type: ignore[attr-defined]
    with subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, script, binary, level, ATTACKS_FILE], stdout=subprocess.PIPE, text=True
    ) as judge:
        assert judge.stdout is not None
        inside = [int(number) for number in judge.stdout.readline().split()]
        assert len(inside) >= 5
        assert alive(inside) == inside
        judge.send_signal(signal.SIGKILL)
    assert await gone(inside)


JUDGE = """
import asyncio, os, sys, time
from pathlib import Path
from pytest_llmbench.sandbox.base import Limits
from pytest_llmbench.sandbox.bubblewrap import Bubblewrap
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.runtime import python_runtime
from pytest_llmbench.sandbox.tree import descendants
from pytest_llmbench.sandbox.users import UserPool

async def main():
    users = UserPool(os.getpid()) if sys.argv[2] == "root" else None
    launcher = PythonLauncher(Bubblewrap(Path(sys.argv[1]), users), Limits())
    host = await launcher.load(Source(code=Path(sys.argv[3]).read_text()))
    await host.call("daemonize", (2,), timeout_s=10)
    print(*descendants(os.getpid()), flush=True)
    time.sleep(60)

asyncio.run(main())
"""
