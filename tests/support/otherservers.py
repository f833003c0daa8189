"""Servers that others wrote: installed once into the user's cache, and run as processes of their own."""

from __future__ import annotations

import hashlib
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pytest_llmbench.toolchains.cache import make_once, user_cache

_START_S = 60.0


def installed_from_pypi(requirements: Path, environ: Mapping[str, str]) -> Path:
    """Give a folder with the distributions of a file of pinned requirements, and nothing else."""
    digest = hashlib.sha256(requirements.read_bytes() + f"{sys.version} {platform.machine()}".encode())
    folder = user_cache(environ) / "tests" / digest.hexdigest()[:16]

    def fill(fresh: Path) -> None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        options = ["--no-deps", "--only-binary=:all:", "--target", str(fresh), "-r", str(requirements)]
        done = subprocess.run(
            [*pip, *options], env=dict(environ), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    make_once(folder, fill)
    return folder


def free_port() -> int:
    """Give a port that nothing listens at just now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str], environ: Mapping[str, str], folder: Path, port: int) -> Iterator[None]:
    """Run a server until it accepts connections, and end it after that."""
    log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=dict(environ), cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + _START_S
        while not _accepts(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
