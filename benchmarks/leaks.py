"""Whether anything is left of 2,000 samples in a row: open files, processes, memory, temporary files.

Run it by `python benchmarks/leaks.py [--samples=2000]`. Honest answers, answers that crash, that leave
processes and files behind, and that take too long come in turn, with spare hosts as in a real run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.spare import SpareLauncher
from pytest_llmbench.sandbox.tree import descendants

SLOTS = 2
WARM = 50
ALLOWED_BYTES = 24 * MIB  # what Python's and the C library's allocators hold on to
LEAVES_A_PROCESS = """
import os, time
def f():
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
"""
LEAVES_FILES = """
import os
def f():
    for number in range(20):
        open(f"{os.environ['TMPDIR']}/{number}", "w").write("x" * 1000)
"""
ANSWERS = (
    "def f(): return list(range(1000))",
    "def f(): return list(range(1000))",
    "def f(): raise ValueError('x' * 1000)",
    "import os\ndef f(): os._exit(0)",
    LEAVES_A_PROCESS,
    LEAVES_FILES,
    "def f(): print('x' * 100_000)",
    "def f(:",
)
HANGS = "def f():\n    while True: pass"
HANG_EVERY = 50


class Held(NamedTuple):
    """What a process holds at one moment."""

    files: int
    processes: int
    resident_bytes: int
    temporary: int


def held() -> Held:
    """What this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Held(
        files=len(list(Path("/proc/self/fd").iterdir())),
        processes=len(descendants(os.getpid())),
        resident_bytes=pages * os.sysconf("SC_PAGE_SIZE"),
        temporary=len(list(Path(tempfile.gettempdir()).glob("llmbench-*"))),
    )


async def judge_many(sandbox: Sandbox, samples: int) -> None:
    """Judge so many answers, and end what was started ahead of need."""
    launcher = SpareLauncher(PythonLauncher(sandbox, Limits()), most=SLOTS)
    slots = asyncio.Semaphore(SLOTS)

    async def one(number: int) -> None:
        hangs = number % HANG_EVERY == HANG_EVERY - 1
        code = HANGS if hangs else ANSWERS[number % len(ANSWERS)]
        async with slots:
            with suppress(CandidateError):
                host = await launcher.load(Source(code=code))
                try:
                    await host.call("f", (), 0.2 if hangs else 10)
                finally:
                    await host.close()

    await asyncio.gather(*map(one, range(samples)))
    await launcher.close()


async def grown(sandbox: Sandbox, samples: int) -> tuple[Held, Held]:
    """What is held before and after, when all that is made once has been made."""
    await judge_many(sandbox, WARM)
    before = held()
    await judge_many(sandbox, samples)
    return before, held()


def problems(before: Held, after: Held) -> list[str]:
    """What has grown, in words."""
    found = [
        f"{name}: {getattr(before, name)} before, {getattr(after, name)} after"
        for name in ("files", "processes", "temporary")
        if getattr(after, name) > getattr(before, name)
    ]
    if after.resident_bytes - before.resident_bytes > ALLOWED_BYTES:
        found.append(f"memory: {(after.resident_bytes - before.resident_bytes) // MIB} MiB more")
    return found


async def main(samples: int) -> int:
    """Print what is held before and after; 1 where something has grown."""
    sandbox = await choose_sandbox(allow_unsafe=False, environ=os.environ)
    before, after = await grown(sandbox, samples)
    for name in Held._fields:
        was, now = getattr(before, name), getattr(after, name)
        print(f"{name:<16} before {was:>12,}   after {samples} samples {now:>12,}")
    found = problems(before, after)
    print("\n".join(found) or f"nothing is left ({sandbox.level})")
    return int(bool(found))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--samples", type=int, default=2000, help="answers in a row (2000)")
    sys.exit(asyncio.run(main(options.parse_args().samples)))
