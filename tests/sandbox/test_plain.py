"""Without isolation there are still limits, an empty folder, a clean environment, and an end."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from pytest_llmbench.errors import CandidateError, CandidateTimeout
from pytest_llmbench.sandbox.base import MIB, Command, Limits, Mount
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.plain import Plain
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.tree import descendants

pytestmark = pytest.mark.asyncio

CODE = """
import os, time
def where(): return os.getcwd(), os.listdir(), dict(os.environ)
def balloon(): return bytes(2**30)
def loop():
    while True: pass
def children():
    for _ in range(3):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
"""


async def test_environment_and_folder_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hunter2")
    host = await PythonLauncher(Plain(), Limits()).load(Source(code=CODE))
    folder, names, environment = (await host.call("where", (), timeout_s=10)).value
    assert names == []
    assert "SOME_API_KEY" not in environment
    assert environment["HOME"] == folder
    assert folder != str(Path.cwd())
    await host.close()
    assert not os.access(folder, os.F_OK)


async def test_limits_hold() -> None:
    launcher = PythonLauncher(Plain(), Limits(cpu_s=1, memory_bytes=128 * MIB))
    host = await launcher.load(Source(code=CODE))
    with pytest.raises(CandidateError, match="MemoryError"):
        await host.call("balloon", (), timeout_s=10)
    with pytest.raises(CandidateTimeout, match="CPU"):
        await host.call("loop", (), timeout_s=20)


async def test_its_children_end_with_it() -> None:
    host = await PythonLauncher(Plain(), Limits()).load(Source(code=CODE))
    await host.call("children", (), timeout_s=10)
    inside = descendants(host._process.pid)  # type: ignore[attr-defined]
    assert len(inside) == 3
    await host.close()
    for _ in range(1000):
        if not any(map(running, inside)):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{inside} are left")


def running(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


async def test_paths_are_this_machines(tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text("echo found")
    command = Command(
        argv=("/bin/sh", "/in/script.sh"), mounts=(Mount(source=script, target="/in/script.sh"),)
    )
    process = await Plain().start(command)
    assert await process.stdout.read() == b"found\n"
    assert await process.wait() == 0
    await process.kill()
