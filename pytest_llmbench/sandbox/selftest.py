"""Whether a level holds what it promises, by trying: the full command line, with a probe inside.

A command line that looks right proves nothing: one slip in a path can show the whole machine, and
everything still runs. So a file is laid out to be found, a port to be reached, and limits are small.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from pytest_llmbench.errors import CandidateError, SandboxError
from pytest_llmbench.sandbox.base import MIB, Holds, Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.rlimits import rlimits
from pytest_llmbench.sandbox.runtime import is_system_path, python_runtime
from pytest_llmbench.values import Value

LIMITS = Limits(
    cpu_s=5,
    memory_bytes=64 * MIB,
    processes=5,
    open_files=32,
    file_bytes=MIB,
    tmp_bytes=MIB,
    output_bytes=4096,
)
_TIMEOUT_S = 10.0
_ROUNDING = 4096  # a file system has whole pages
_INSIDE = {"/tmp": LIMITS.tmp_bytes, "/work": 2 * LIMITS.tmp_bytes, "/dev/shm": LIMITS.tmp_bytes // 4}  # noqa: S108
_INSIDE_BY_NAME = ("$HOME", "$TMPDIR")
_OUTSIDE = ("/", "/usr/lib", "/etc", "/dev")
_OUTSIDE_TOO = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108
_HOME_ENTRIES = 50


class Found(Value):
    """What the probe reports; see `probe`."""

    readable: list[str]
    visible: list[str]
    changeable: list[str]
    signalled: list[int]
    connects: bool
    connects_by_name: bool
    writable: list[str]
    own: list[str]
    sizes: list[int]
    own_loopback: bool
    limits: dict[str, tuple[int, int]]
    memory_refused: bool
    status: dict[str, str]
    seen: list[int]
    processes: int


async def self_test(sandbox: Sandbox, environ: Mapping[str, str]) -> list[str]:
    """Try a level.

    Args:
        sandbox: The level.
        environ: The environment, for where the home folder is.

    Returns:
        What it does not hold, in words; empty when it holds everything.
    """
    holds = sandbox.holds
    home = _home_entries(environ)
    with _canary() as canary, socket.create_server(("127.0.0.1", 0)) as server, _named() as name:
        canaries = [canary, "/etc/passwd", "/etc/shadow", f"/proc/{os.getpid()}/environ", *_own_file()]
        server.setblocking(False)
        outside = [*_OUTSIDE, str(Path(python_runtime().executable).parent)]
        outside += [] if holds.own_paths else _OUTSIDE_TOO
        inside = list(_INSIDE) if holds.own_paths else list(_INSIDE_BY_NAME)
        port = server.getsockname()[1]
        memory = LIMITS.memory_bytes + MIB
        more = LIMITS.processes + 3
        arguments = (canaries, home, port, name, os.getpid(), outside, inside, memory, more)
        try:
            found = await _probe(sandbox, arguments)
        except (SandboxError, CandidateError, ValueError) as error:
            return [str(error)]
        return [*_complaints(found, holds, inside), *_reached(server)]


async def _probe(sandbox: Sandbox, arguments: tuple[Any, ...]) -> Found:
    code = Path(__file__).with_name("probe.py").read_text(encoding="utf-8")
    host = await PythonLauncher(sandbox, LIMITS, _TIMEOUT_S).load(Source(code=code))
    try:
        observation = await host.call("everything", arguments, _TIMEOUT_S)
    finally:
        await host.close()
    return Found.model_validate(observation.value)


def _complaints(found: Found, holds: Holds, inside: list[str]) -> Iterator[str]:
    yield from _file_complaints(found, holds, inside)
    if found.connects:
        yield "a port of this machine can be reached from inside"
    if found.connects_by_name:
        yield "a Unix socket of this machine can be reached from inside"
    if found.own_loopback != holds.loopback:
        yield f"the loopback address {'does not work' if holds.loopback else 'works'} inside"
    yield from _limit_complaints(found, holds)
    yield from _privilege_complaints(found)


def _file_complaints(found: Found, holds: Holds, inside: list[str]) -> Iterator[str]:
    if found.readable:
        yield f"files of this machine can be read inside: {', '.join(found.readable)}"
    if found.visible and holds.names:
        yield f"the home folder can be seen inside: {', '.join(found.visible)}"
    if found.changeable:
        yield f"permissions of this machine's files can be changed inside: {', '.join(found.changeable)}"
    if outside := sorted(found.writable):
        yield f"folders can be written to inside: {', '.join(outside)}"
    if missing := sorted(set(inside) - set(found.own)):
        yield f"folders cannot be written to inside: {', '.join(missing)}"
    for folder, size in zip(inside, found.sizes, strict=False):
        if holds.sizes and not 0 < size <= _INSIDE[folder] + _ROUNDING:
            yield f"{folder} holds {size} bytes, {_INSIDE[folder]} were asked for"


def _limit_complaints(found: Found, holds: Holds) -> Iterator[str]:
    asked = rlimits(LIMITS)
    for name, (soft, hard) in found.limits.items():
        if name == "nproc" and not holds.processes_exact:
            continue  # it counts the user's other processes too
        if soft > asked[name][0] or hard > asked[name][1]:
            yield f"the limit {name} is {soft} (hard {hard}), {asked[name][0]} was asked for"
    if not found.memory_refused:
        yield "more memory can be had than the limit allows"
    if found.processes > LIMITS.processes and holds.processes_exact:
        yield f"more than {LIMITS.processes} processes can be started (this limit does not hold for root)"


def _privilege_complaints(found: Found) -> Iterator[str]:
    for name, wanted in {"CapEff": "0" * 16, "CapPrm": "0" * 16, "NoNewPrivs": "1", "Seccomp": "2"}.items():
        if found.status.get(name) != wanted:
            yield f"{name} is {found.status.get(name)}, not {wanted}"
    if "0" in found.status.get("Uid", "0").split():
        yield "the user inside is root"
    if found.signalled:
        yield "a process of this machine can be signalled from inside"
    if len(found.seen) > LIMITS.processes:
        yield f"other processes can be seen inside: {len(found.seen)}"


def _reached(server: socket.socket) -> Iterator[str]:
    with contextlib.suppress(BlockingIOError):
        server.accept()[0].close()
        yield "a connection from inside has arrived here"


@contextlib.contextmanager
def _named() -> Iterator[str]:
    """A Unix socket without a file, at which somebody listens."""
    name = f"\0llmbench-canary-{os.getpid()}-{secrets.token_hex(4)}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(name)
        listener.listen()
        yield name


@contextlib.contextmanager
def _canary() -> Iterator[str]:
    with tempfile.NamedTemporaryFile(prefix="llmbench-canary-") as file:
        file.write(b"canary")
        file.flush()
        Path(file.name).chmod(
            0o644
        )  # root's sandbox is another user, from whom a private file is safe anyway
        yield file.name


def _own_file() -> list[str]:
    """This file, which no candidate may see; where the distribution has installed it, it is no secret."""
    return [] if is_system_path(Path(__file__).resolve()) else [str(Path(__file__).resolve())]


def _home_entries(environ: Mapping[str, str]) -> list[str]:
    """What is in the home folder, without what leads to the interpreter."""
    home = Path(environ.get("HOME", "/root"))
    needed = {path for mount in python_runtime().mounts for path in (mount.source, *mount.source.parents)}
    try:
        entries = sorted(islice(home.iterdir(), _HOME_ENTRIES)) if home != Path("/") else []
    except OSError:
        return []
    return [str(path) for path in entries if path not in needed and not is_system_path(path)]
