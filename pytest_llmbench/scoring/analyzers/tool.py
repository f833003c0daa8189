"""Runs an analyzer's program: its failures are ours, never the answer's."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Collection, Sequence

from pytest_llmbench.errors import SandboxError

_SHOWN = 2000


async def run_tool(
    command: Sequence[str],
    *,
    name: str,
    checked: Collection[int],
    timeout_s: float,
    stdin: bytes = b"",
    cwd: str | None = None,
) -> bytes:
    """Run a program with an empty environment, and give what it printed.

    It runs in a thread: a program that ends in milliseconds needs no pipes on the loop, and the
    thread sees it to its end when the run is cancelled.

    Args:
        command: The program and its arguments.
        name: What people call it.
        checked: The exit codes that mean that it did its work.
        timeout_s: Wall seconds that it may take.
        stdin: What it reads.
        cwd: The folder that it runs in.

    Raises:
        SandboxError: It could not be started, took too long, or failed.
    """
    try:
        done = await asyncio.to_thread(
            subprocess.run,
            list(command),
            input=stdin,
            capture_output=True,
            env={},
            cwd=cwd,
            timeout=timeout_s,
            start_new_session=True,
            check=False,
        )
    except OSError as error:
        raise SandboxError(f"{name} cannot be started: {error}") from error
    except subprocess.TimeoutExpired:
        raise SandboxError(f"{name} did not finish within {timeout_s:g} s") from None
    if done.returncode not in checked:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()[-_SHOWN:]
        raise SandboxError(f"{name} failed with exit code {done.returncode}: {said}")
    return done.stdout
