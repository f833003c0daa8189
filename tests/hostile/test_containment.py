"""Each attack works as an ordinary process, and is contained at every level, by what this side sees of it."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from world import VARIABLE, Bare, World, wait_until

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.tree import descendants

FOLDER = Path(__file__).with_name("attacks")
SMALL = Limits(cpu_s=2, memory_bytes=128 * MIB, processes=20, tmp_bytes=4 * MIB)
BARE_S = 10.0

Record = Callable[..., None]


@dataclass
class Contained:
    """What an attack did inside: what it returned, or how it ended; and what was seen of it meanwhile."""

    result: Any
    error: CandidateError | None
    output: str
    most_processes: int


async def inside(sandbox: Sandbox, code: str, args: tuple[object, ...], timeout_s: float) -> Contained:
    host = await PythonLauncher(sandbox, SMALL).load(Source(code=code))
    most, result, error = 0, None, None
    try:
        call = asyncio.ensure_future(host.call("attack", args, timeout_s))
        while not call.done():
            most = max(most, len(descendants(host._process.pid)))  # type: ignore[attr-defined]
            await asyncio.wait([call], timeout=0.05)
        result = call.result().value
    except CandidateError as raised:
        error = raised
    finally:
        await host.close()
    return Contained(result, error, host.output(), most)


def run_inside(sandbox: Sandbox, attack: str, *args: object, timeout_s: float = 5) -> Contained:
    code = (FOLDER / f"{attack}.py").read_text(encoding="utf-8")
    return asyncio.run(inside(sandbox, code, args, timeout_s))


def run_bare(world: World, attack: str, *args: object, timeout_s: float = BARE_S) -> Bare:
    return world.bare(FOLDER / f"{attack}.py", args, timeout_s=timeout_s)


# Attacks whose own word tells: what they return is a secret that they cannot make up, or an amount.


def gives_token(result: Any, world: World) -> bool:
    return world.token in str(result)


def gives_root(result: Any, _: World) -> bool:
    return bool(result) and str(result).startswith("root")


TELLING: dict[str, tuple[Callable[[World], tuple[object, ...]], Callable[[Any, World], bool]]] = {
    "environment": (lambda _: (VARIABLE,), gives_token),
    "home_folder": (lambda world: (str(world.folder),), lambda result, _: "id_ed25519" in (result or ())),
    "secret_file": (lambda world: (str(world.secret),), gives_token),
    "links": (lambda world: (str(world.secret), str(world.open)), gives_token),
    "shadow": (lambda _: (), gives_root),
    "accounts": (lambda _: (), gives_root),
    "memory_in_one": (lambda _: (600,), lambda result, _: result == 600),
    "memory_in_eight": (lambda _: (600,), lambda result, _: result == 600),
    "memory_shared": (lambda _: (600,), lambda result, _: result == 600),
    "memory_file": (lambda _: (300,), lambda result, _: result == 300),
    "memory_system_v": (lambda _: (64,), lambda result, _: result == 64),
    "memory_tmpfs": (lambda _: (200,), lambda result, _: (result or 0) > 20),
    "fills_the_disk": (lambda _: (200,), lambda result, _: (result or 0) > 100),
    "sparse_file": (lambda _: (), lambda result, _: result == 1 << 40),
    "new_namespaces": (lambda _: (), lambda result, _: bool(result)),
    "raises_its_limits": (lambda _: (), lambda result, _: bool(result)),
    "dumps_core": (lambda _: (), lambda result, _: result is True),
    "gains_privileges": (lambda _: (), lambda result, _: bool(result)),
    "kills_its_parent": (lambda _: (), lambda result, _: result is True),
}
ONLY_WHERE_ALLOWED = {
    "shadow",  # root's to read
    "memory_tmpfs",  # where /dev/shm is small
    "gains_privileges",  # root has them already
    "new_namespaces",  # where an ordinary user may make them
    "dumps_core",  # where cores go to files
    "raises_its_limits",  # where some were not set
}


@pytest.mark.parametrize("attack", TELLING)
def test_what_it_is_after_it_does_not_get(
    sandbox: Sandbox, world: World, record: Record, attack: str
) -> None:
    make, worked = TELLING[attack]
    args = make(world)
    if attack == "kills_its_parent":
        # One process more in between, so that its parent is not this one.
        command = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(20)"
        shown = kills_parent(world, command)
    else:
        shown = worked(run_bare(world, attack, *args).result, world)
    assert shown or attack in ONLY_WHERE_ALLOWED
    found = run_inside(sandbox, attack, *args)
    assert not worked(found.result, world), found
    assert found.output.count(world.token) == 0
    record(attack, sandbox.level, shown=shown)


def kills_parent(world: World, command: str) -> bool:
    script = f"import runpy; runpy.run_path({str(FOLDER / 'kills_its_parent.py')!r})['attack']()"
    parent = subprocess.run(
        [sys.executable, "-c", command, sys.executable, "-c", script], timeout=BARE_S, check=False
    )
    return parent.returncode == -signal.SIGKILL


# Attacks that show in what became of this side.


def test_sockets_of_the_machine_are_out_of_reach(sandbox: Sandbox, world: World, record: Record) -> None:
    tcp = world.listener(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
    udp = world.listener(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
    abstract = world.listener(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{world.marker}")
    stream = world.listener(socket.AF_UNIX, socket.SOCK_STREAM, str(world.open / "stream"))
    datagram = world.listener(socket.AF_UNIX, socket.SOCK_DGRAM, str(world.open / "datagram"))
    attacks: dict[str, tuple[tuple[object, ...], list[socket.socket]]] = {
        "loopback_tcp": ((tcp.getsockname()[1],), [tcp]),
        "loopback_udp": ((udp.getsockname()[1],), [udp]),
        "abstract_socket": ((world.marker,), [abstract]),
        "path_socket": ((str(world.open / "stream"), str(world.open / "datagram")), [stream, datagram]),
    }
    for attack, (args, listeners) in attacks.items():
        run_bare(world, attack, *args)
        assert all(map(was_reached, listeners)), attack
        run_inside(sandbox, attack, *args)
        assert not any(map(was_reached, listeners)), attack
        record(attack, sandbox.level, shown=True)


def was_reached(listener: socket.socket) -> bool:
    reached = False
    try:
        while True:
            if listener.type == socket.SOCK_STREAM:
                listener.accept()[0].close()
            else:
                listener.recv(100)
            reached = True
    except BlockingIOError:
        return reached


def test_other_processes_are_out_of_reach(sandbox: Sandbox, world: World, record: Record) -> None:
    other, address = world.bystander()
    size, before = len(world.token), standing(other.pid)
    attacks: dict[str, tuple[tuple[object, ...], Callable[[Any], bool]]] = {
        "sees_processes": ((other.pid,), lambda result: result is True),
        "memory_of_others": ((other.pid, address, size), lambda result: result == world.token),
        "memory_by_call": ((other.pid, address, size), lambda result: result == world.token),
        "traces": ((other.pid,), lambda result: result is True),
        "slows_others": ((other.pid,), lambda _: standing(other.pid) != before),
        "signals": ((other.pid,), lambda _: not wait_until(lambda: other.poll() is None, 0)),
    }
    for attack, (args, worked) in attacks.items():
        found = run_inside(sandbox, attack, *args)
        assert not worked(found.result), attack
    for attack, (args, worked) in attacks.items():
        result = run_bare(world, attack, *args).result
        if attack == "signals":
            assert wait_until(lambda: other.poll() is not None, 5)
        shown = worked(result)
        # Where Yama is on, only a parent may trace or read an ordinary user's process.
        assert shown or attack in {"traces", "memory_of_others", "memory_by_call"}, attack
        record(attack, sandbox.level, shown=shown)


def standing(number: int) -> tuple[object, ...]:
    """What the kernel lets a process have."""
    return (
        resource.prlimit(number, resource.RLIMIT_NOFILE),
        os.getpriority(os.PRIO_PROCESS, number),
        os.sched_getscheduler(number),
        os.sched_getaffinity(number),
    )


@pytest.mark.parametrize("attack", ["writes_outside", "changes_files", "links"])
def test_nothing_outside_is_changed(sandbox: Sandbox, world: World, record: Record, attack: str) -> None:
    args = (str(world.secret), str(world.open)) if attack == "links" else (str(world.open),)
    run_inside(sandbox, attack, *args)
    assert not world.changed
    run_bare(world, attack, *args)
    assert world.changed
    record(attack, sandbox.level, shown=True)


def test_a_fork_bomb_is_bounded(sandbox: Sandbox, world: World, record: Record) -> None:
    assert run_bare(world, "fork_bomb", 150).result == 150
    found = run_inside(sandbox, "fork_bomb", 150)
    assert found.result is None or found.result < 150
    # Without namespaces the kernel counts an ordinary user's others too; a watchdog counts these alone.
    allowed = SMALL.processes + 2 if sandbox.holds.processes_exact else 150
    assert 10 < found.most_processes <= allowed
    record("fork_bomb", sandbox.level, shown=True)


@pytest.mark.parametrize("attack", ["daemons", "hops"])
def test_nothing_survives_its_sandbox(sandbox: Sandbox, world: World, record: Record, attack: str) -> None:
    code = (FOLDER / f"{attack}.py").read_text(encoding="utf-8")
    command = [sys.executable, "-I", "-S", "-c", f"{code}\nattack({world.marker!r})"]
    with subprocess.Popen(command, start_new_session=True) as bare:
        bare.wait(BARE_S)
        shown = bool(world.named())
    end_named(world)
    assert shown

    async def held() -> bool:
        host = await PythonLauncher(sandbox, SMALL).load(Source(code=code))
        await host.call("attack", (world.marker,), 5)
        alive = wait_until(world.named, 2)
        await host.close()
        return alive

    assert asyncio.run(held())
    assert world.named() == []
    record(attack, sandbox.level, shown=True)


def end_named(world: World) -> None:
    def none_left() -> bool:
        for pid in world.named():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return not world.named()

    # Those that run away end by themselves after six seconds.
    assert wait_until(none_left, 15)


@pytest.mark.parametrize(
    ("attack", "error"),
    [
        ("endless_loop", (CandidateTimeout,)),
        ("ignores_signals", (CandidateTimeout, CandidateCrash)),
        ("sleeps", (CandidateTimeout,)),
    ],
)
def test_it_ends_although_it_does_not_want_to(
    sandbox: Sandbox, world: World, record: Record, attack: str, error: tuple[type[CandidateError], ...]
) -> None:
    bare = run_bare(world, attack, timeout_s=0.5)
    assert bare.late
    assert bare.survived == (attack == "ignores_signals")
    found = run_inside(sandbox, attack, timeout_s=1)
    assert isinstance(found.error, error)
    record(attack, sandbox.level, shown=True)


def test_output_is_bounded(sandbox: Sandbox, world: World, record: Record) -> None:
    assert len(run_bare(world, "output_flood", 100).output) > 100 * MIB
    found = run_inside(sandbox, "output_flood", 100, timeout_s=20)
    assert isinstance(found.error, CandidateCrash)
    assert "output: more than 64 MiB" in str(found.error)
    assert len(found.output) <= SMALL.output_bytes
    record("output_flood", sandbox.level, shown=True)


def test_nothing_is_left_for_the_next_sample(sandbox: Sandbox, world: World, record: Record) -> None:
    name = f"note-{world.marker}"
    try:
        assert run_bare(world, "leaves_state", name).result == []
        assert run_bare(world, "leaves_state", name).result != []
    finally:
        for folder in ("/tmp", "/var/tmp", "/dev/shm", "/work"):
            Path(folder, name).unlink(missing_ok=True)
    assert run_inside(sandbox, "leaves_state", name).result == []
    assert run_inside(sandbox, "leaves_state", name).result == []
    record("leaves_state", sandbox.level, shown=True)


def test_a_folder_that_is_hard_to_remove_is_removed(
    sandbox: Sandbox, world: World, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_bare(world, "locks_its_folder").result is True
    with pytest.raises((RecursionError, OSError)):
        __import__("shutil").rmtree(world.scratch)
    monkeypatch.setattr("tempfile.tempdir", str(world.open))
    before = sorted(world.open.iterdir())
    assert run_inside(sandbox, "locks_its_folder").result is True
    assert sorted(world.open.iterdir()) == before
    record("locks_its_folder", sandbox.level, shown=True)


def test_nothing_is_typed_into_the_terminal(sandbox: Sandbox, world: World, record: Record) -> None:
    code = (FOLDER / "types_into_the_terminal.py").read_text()
    pid, terminal = os.forkpty()
    if pid == 0:  # its terminal is the one made here
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", f"{code}\nattack()"])
    os.waitpid(pid, 0)
    os.set_blocking(terminal, False)
    try:
        shown = b"!" in os.read(terminal, 100)
    except OSError:
        shown = False  # the kernel was told to refuse it to ordinary users
    os.close(terminal)
    found = run_inside(sandbox, "types_into_the_terminal")
    assert found.result is False
    record("types_into_the_terminal", sandbox.level, shown=shown)


def test_every_attack_is_tried() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in FOLDER.glob("*.py") if f'"{path.stem}"' not in text] == []
