"""How long an author waits: five runs of `pytest TASK -k reference` on a fresh task, per language.

Run it by `python benchmarks/inner_loop.py [LANGUAGE...]`. The first run of a language may prepare its
toolchain, and is left out.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from pytest_llmbench.commands.new import new_task

RUNS = 5
WANTED_S = 2.0


def main(languages: list[str]) -> int:
    """Print the times, in seconds; 1 where a median is not under two seconds."""
    slow = False
    for language in languages or ["python", "javascript", "typescript", "go"]:
        with tempfile.TemporaryDirectory() as folder:
            new_task("sample", language, Path(folder))
            _run(folder)
            times = [_run(folder) for _ in range(RUNS)]
        print(f"{language:<12} median {median(times):.2f} s  all: {', '.join(f'{t:.2f}' for t in times)}")
        slow |= median(times) >= WANTED_S
    return int(slow)


def _run(folder: str) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "sample", "-k", "reference", "-q"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
