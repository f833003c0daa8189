"""Any command can be run, limited by the machine's tools or, without them, by the interpreter."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox import rlimits
from pytest_llmbench.sandbox.base import MIB, Command, Limits, Mount, Sandbox
from pytest_llmbench.sandbox.bubblewrap import Bubblewrap

pytestmark = pytest.mark.asyncio

LIMITS = Limits(cpu_s=3, open_files=77, file_bytes=4096 * 512, processes=9, memory_bytes=100 * MIB)
REPORT = "ulimit -n; ulimit -f; ulimit -t; ulimit -c; ulimit -d; id -u; pwd; echo $LANG $EXTRA; cat /in/file"


async def output_of(sandbox: Sandbox, command: Command) -> list[str]:
    process = await sandbox.start(command)
    out = await process.stdout.read()
    await process.wait()
    await process.kill()
    assert process.stderr_text() == ""
    assert process.fault() is None
    return out.decode().splitlines()


@pytest.mark.parametrize("with_tools", [True, False])
async def test_a_command_runs_under_its_limits(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, with_tools: bool
) -> None:
    if with_tools and not rlimits._has_tools():
        pytest.skip("prlimit and setpriv are not installed")
    monkeypatch.setattr(rlimits, "_has_tools", lambda: with_tools)
    file = tmp_path / "file"
    file.write_text("content")
    mounts = (Mount(source=file, target="/in/file"),)
    command = Command(argv=("/bin/sh", "-c", REPORT), mounts=mounts, env={"EXTRA": "more"}, limits=LIMITS)
    *numbers, user, folder, words, content = await output_of(sandbox, command)
    assert numbers == ["77", "4096", "3", "0", str(100 * 1024)]
    assert int(user) >= 1000
    assert (folder, words, content) == ("/work", "C.UTF-8 more", "content")


async def test_exit_codes_and_signals_are_told_apart(sandbox: Sandbox) -> None:
    for script, code in (("exit 3", 3), ("kill -9 $$", -signal.SIGKILL), ("exit 0", 0)):
        process = await sandbox.start(Command(argv=("/bin/sh", "-c", script)))
        assert await process.wait() == code
        await process.kill()


async def test_what_it_reads_and_writes(sandbox: Sandbox) -> None:
    process = await sandbox.start(Command(argv=("/bin/cat",)))
    process.stdin.write(b"hello")
    process.stdin.write_eof()
    assert await process.stdout.read() == b"hello"
    await process.kill()


async def test_a_binary_that_is_missing_is_our_fault(tmp_path: Path) -> None:
    sandbox = Bubblewrap(tmp_path / "bwrap", None)
    with pytest.raises(SandboxError, match="could not be started"):
        await sandbox.start(Command(argv=("/bin/true",)))
