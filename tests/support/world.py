"""What hostile code is after: a secret in every place, made for one test and gone with it.

All of it belongs to this test: no attack that works can hurt anything else.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "LLMBENCH_TEST_SECRET"
_BYSTANDER = """
import ctypes, sys, time
token = ctypes.create_string_buffer(sys.stdin.readline().strip().encode())
print(ctypes.addressof(token), flush=True)
time.sleep(120)
"""
_BARE = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("answer", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print("\\nRESULT" + json.dumps(module.attack(*json.loads(sys.argv[2]))), flush=True)
"""
CHANGED = ("truncated", "renamed", "removed", "opened", "dated", "marked", "appended", "emptied")


_BARE_NODE = """
const { attack } = await import(process.argv[1]);
const result = await attack(...JSON.parse(process.argv[2]));
console.log("\\nRESULT" + JSON.stringify(result ?? null));
process.exit(0);
"""


class World:
    """The secrets and the bystanders of one test."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.token = secrets.token_hex(16)
        self.marker = f"lb{secrets.token_hex(5)}"
        self.folder = folder
        self._stack = stack
        folder.chmod(0o755)
        self.secret = folder / "id_ed25519"
        self.secret.write_text(self.token)
        self.open = folder / "open"
        self.open.mkdir()
        self.open.chmod(0o777)
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.scratch.chmod(0o777)
        for name in CHANGED:
            (self.open / name).write_text(self.token)
            (self.open / name).chmod(0o644)
        self._before = self._state()

    def _state(self) -> dict[str, tuple[object, ...]]:
        found = {}
        for path in self.open.iterdir():
            status = path.stat()
            found[path.name] = (status.st_mode, status.st_size, status.st_mtime_ns, tuple(os.listxattr(path)))
        return found

    @property
    def changed(self) -> bool:
        """Whether anything in the open folder is not as it was."""
        return self._state() != self._before

    def listener(self, family: int, style: int, address: Any) -> socket.socket:
        """A socket that hears; it does not wait."""
        one = self._stack.enter_context(socket.socket(family, style))
        one.bind(address)
        if style == socket.SOCK_STREAM:
            one.listen()
        if isinstance(address, str) and not address.startswith("\0"):
            Path(address).chmod(0o777)
        one.setblocking(False)
        return one

    def bystander(self) -> tuple[subprocess.Popen[str], int]:
        """A process of this user with the token in its memory, and where it is."""
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BYSTANDER, self.marker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._stack.callback(_end, process)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(self.token + "\n")
        process.stdin.flush()
        return process, int(process.stdout.readline())

    def named(self) -> list[int]:
        """The processes of this machine that call themselves as the marker says."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    if (entry / "comm").read_text().strip() == self.marker:
                        found.append(int(entry.name))
        return found

    def bare(
        self, attack: Path, args: tuple[object, ...], *, timeout_s: float, node: Path | None = None
    ) -> Bare:
        """Run an attack as an ordinary process of this user, and end what it leaves."""
        # A file, since a pipe would be held open by what an attack leaves behind.
        printed = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - it is
        python = [sys.executable, "-I", "-S", "-B", "-c", _BARE]
        runner = python if node is None else [str(node), "--input-type=module", "-e", _BARE_NODE]
        command = [*runner, str(attack), json.dumps(args)]
        process = subprocess.Popen(
            command,
            cwd=self.scratch,
            env={"PATH": "/usr/bin:/bin", VARIABLE: self.token, "TMPDIR": str(self.scratch)},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )
        late = survived = False
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            late = True
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
            survived = process.poll() is None
        finally:
            _end_group(process)
            process.wait()
        printed.seek(0)
        output = printed.read()
        text = output.rpartition(b"RESULT")[2]
        result = json.loads(text) if process.returncode == 0 and not late else None
        return Bare(result, late, survived, output)


class Bare:
    """What an attack did as an ordinary process."""

    def __init__(self, result: Any, late: bool, survived: bool, output: bytes) -> None:
        self.result = result
        self.late = late
        self.survived = survived
        self.output = output


def _end_group(process: subprocess.Popen[Any]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[Any]) -> None:
    process.kill()
    process.communicate()


def wait_until(true: Any, within_s: float) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def a_world() -> Iterator[World]:
    """A world that ends with the block."""
    # Not one of pytest's folders: those are closed to other users, and would protect in the sandbox's place.
    folder = Path(tempfile.mkdtemp(prefix="llmbench-world-"))
    with ExitStack() as stack:
        stack.callback(_remove, folder)
        yield World(folder, stack)


def _remove(folder: Path) -> None:
    # Python's own removal goes down by recursion, and one attack leaves 1,200 levels.
    subprocess.run(["chmod", "-R", "u+rwx", folder], check=False, capture_output=True)
    subprocess.run(["rm", "-rf", folder], check=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world() as made:
        monkeypatch.setenv(VARIABLE, made.token)
        yield made
