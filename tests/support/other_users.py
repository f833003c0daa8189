"""Runs tests as another user of this machine, where they would otherwise run as root only.

No account is made: any unused number is a user to the kernel.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pytest_llmbench.sandbox.runtime import python_runtime

NOBODY = 65534
PROJECT = Path(__file__).parents[2]

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv", "mount"))),
    reason="needs root to become somebody else, and util-linux",
)

# Makes the interpreter readable for everybody where it lies below a closed folder, in a mount
# namespace that ends with the process, and goes on as somebody else, or as root still.
_BECOME = """
set -e
closed=$1 interpreter=$2 user=$3 aside=$4
shift 4
if [ -n "$closed" ]; then
    mount --bind "$interpreter" "$aside"
    mount -t tmpfs -o mode=755 none "$closed"
    mkdir -p "$interpreter"
    mount --bind "$aside" "$interpreter"
fi
if [ -z "$user" ]; then exec "$@"; fi
exec setpriv --reuid="$user" --regid="$user" --clear-groups --inh-caps=-all -- "$@"
"""


def closed_folder(path: Path) -> str:
    """The outermost folder on the way that others may not enter."""
    return next((str(folder) for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), "")


def becoming(user: int | None, aside: str) -> list[str]:
    """What stands before a command that another user is to run, or root with an open interpreter.

    Args:
        user: The user; None for root.
        aside: An empty folder.
    """
    interpreter = Path(python_runtime().executable).parents[1]
    become = ["unshare", "--mount", "sh", "-c", _BECOME, "sh", closed_folder(interpreter), str(interpreter)]
    return [*become, "" if user is None else str(user), aside]


def run_tests(user: int | None, tests: list[Path], *args: str, env: dict[str, str] | None = None) -> str:
    """Run test files as another user, or as root with an interpreter that all can read; they have to pass.

    Returns:
        What pytest printed.
    """
    scratch = f"{tempfile.gettempdir()}/llmbench-tests-{os.getpid()}-{user}"
    options = ["-q", "-p", "no:cacheprovider", "--basetemp", scratch, *args]
    with tempfile.TemporaryDirectory() as aside:
        command = [*becoming(user, aside), sys.executable, "-B", "-m", "pytest"]
        try:
            done = subprocess.run(
                [*command, *options, *map(str, tests)],
                cwd=PROJECT,
                env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **(env or {})},
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout
