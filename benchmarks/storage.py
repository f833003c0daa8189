"""What storage costs: CPU per trial, commits per second, and memory per trial, at 2,000 and 20,000 trials.

Each size runs in a process of its own, beside the same loop without storage, so that the difference is
storage's. Replies have 2 kB, and as many are in flight at once as `--concurrency` says.

    python benchmarks/storage.py                       # 2,000 and 20,000 trials
    python benchmarks/storage.py --trials=500          # a quick look
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from kept import ANSWER, MODEL, TASK, completion, info, scorecard, trial

from pytest_llmbench.completions.completion import ApiFailure
from pytest_llmbench.storage.journal import Journal
from pytest_llmbench.storage.stored import Storage

SIZES = (2000, 20_000)
MOST_KB = 20.0
"""Memory that a trial may take at most."""


async def one(journal: Journal | None, index: int, places: asyncio.Semaphore) -> None:
    """Make a trial's way through the journal, as the bench does."""
    async with places:
        asked = trial(index)
        reply = completion("x" * 2000)
        if journal is None:
            await asyncio.sleep(0)
            return
        ticket = await journal.open(asked, 1)
        if not isinstance(ticket, ApiFailure):
            await ticket.settle(reply)
        await journal.completed(TASK.suite, asked, reply)
        journal.judged(asked, scorecard(), ANSWER)


async def all_trials(journal: Journal | None, number: int, concurrency: int) -> None:
    """Make all of them, as many at once as there are places."""
    places = asyncio.Semaphore(concurrency)
    for start in range(0, number, 1000):
        if journal is not None:
            journal.expect(TASK, 0, [trial(index) for index in range(start, min(number, start + 1000))])
        await asyncio.gather(*(one(journal, i, places) for i in range(start, min(number, start + 1000))))


def rss_kb() -> int:
    """Memory of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def measure(number: int, concurrency: int, *, stored: bool) -> dict[str, Any]:
    """Run one size in this process."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        journal = None
        if stored:
            journal = Storage.open("sqlite:///runs.db", Path(folder)).begin(info())
            journal.models([MODEL])
        asyncio.run(all_trials(journal, 100, concurrency))
        before = 0 if journal is None else journal.commits
        memory, cpu, wall = rss_kb(), time.process_time(), time.perf_counter()
        asyncio.run(all_trials(journal, number, concurrency))
        commits = 0
        if journal is not None:
            journal.close()
            commits = journal.commits - before
        took = time.perf_counter() - wall
        return {
            "cpu_ms": (time.process_time() - cpu) * 1000 / number,
            "memory_kb": (rss_kb() - memory) / number,
            "commits_s": commits / took,
            "trials_s": number / took,
        }


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; 1 where a trial takes more memory than it may."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--trials", type=int, action="append")
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--child", choices=["with", "without"], help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.child:
        print(json.dumps(measure(given.trials[0], given.concurrency, stored=given.child == "with")))
        return 0
    over = False
    print("trials   CPU ms/trial  without  trials/s  commits/s  trials/commit  kB/trial")
    for number in given.trials or SIZES:
        found, bare = (_child(number, given.concurrency, kind) for kind in ("with", "without"))
        grown = found["memory_kb"] - bare["memory_kb"]
        over |= grown > MOST_KB
        print(
            f"{number:<8} {found['cpu_ms']:<13.2f} {bare['cpu_ms']:<8.2f} {found['trials_s']:<9.0f}"
            f" {found['commits_s']:<10.0f} {found['trials_s'] / found['commits_s']:<14.1f} {grown:.1f}"
        )
    return int(over)


def _child(number: int, concurrency: int, kind: str) -> dict[str, Any]:
    command = [
        *(sys.executable, __file__, f"--trials={number}", f"--concurrency={concurrency}", f"--child={kind}")
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main())
