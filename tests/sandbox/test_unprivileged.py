"""The same tests as an ordinary user, where they would otherwise run as root only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_llmbench.sandbox.runtime import python_runtime

NOBODY = 65534  # any unused number does; no account is needed
PROJECT = Path(__file__).parents[2]
FILES = ("test_attacks.py", "test_choosing.py", "test_python_host.py")

# Makes the interpreter readable for everybody where it lies below a closed folder, in a mount
# namespace that ends with the process, and goes on as nobody.
BECOME = """
set -e
closed=$1 interpreter=$2 user=$3 aside=$4
shift 4
if [ -n "$closed" ]; then
    mount --bind "$interpreter" "$aside"
    mount -t tmpfs -o mode=755 none "$closed"
    mkdir -p "$interpreter"
    mount --bind "$aside" "$interpreter"
fi
exec setpriv --reuid="$user" --regid="$user" --clear-groups --inh-caps=-all -- "$@"
"""


def closed_folder(path: Path) -> str:
    """The outermost folder on the way that others may not enter."""
    return next((str(folder) for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), "")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
@pytest.mark.skipif(not all(map(shutil.which, ("unshare", "setpriv", "mount"))), reason="needs util-linux")
def test_everything_holds_for_an_ordinary_user_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    interpreter = Path(python_runtime().executable).parents[1]
    scratch = f"/tmp/llmbench-{os.getpid()}"
    aside = tmp_path_factory.mktemp("aside")
    become = ["unshare", "--mount", "sh", "-c", BECOME, "sh", closed_folder(interpreter), str(interpreter)]
    tests = [str(Path(__file__).with_name(name)) for name in FILES]
    pytest_args = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--basetemp",
        scratch,
    ]
    try:
        result = as_nobody([*become, str(NOBODY), str(aside), sys.executable, "-B", *pytest_args, *tests])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    assert result.returncode == 0, result.stdout[-5000:] + result.stderr[-2000:]
    passed = re.search(r"(\d+) passed", result.stdout)
    assert passed is not None
    assert int(passed[1]) > 100


def as_nobody(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
