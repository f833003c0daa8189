"""Kills runs by SIGKILL at random moments and resumes them: nothing paid for is lost, nothing is paid twice.

For each run: no completion that was committed when it was killed is lost, none of them is asked again, no
trial is asked more often than once plus what was in flight, and the scores are those of a run that was
never killed. Half of the moments are drawn from the whole length of a run, half from the time in which its
calls are made.

    python benchmarks/kill_resume.py                 # 300 runs, each killed twice
    python benchmarks/kill_resume.py --runs=20 --kills=1
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import pkgutil
import random
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from chatserver import ChatServer
from doubling import GOOD, TASK, WRONG, fenced

import pytest_llmbench
from pytest_llmbench.storage.stored import Storage

URL = "sqlite:///.llmbench/llmbench.db"
SAMPLES = 6
CONCURRENCY = 4
PLUGINS = ("--disable-plugin-autoload", "-p", "pytest_llmbench.plugin")
"""The others would only take time to be imported."""

FORKS = multiprocessing.get_context("forkserver")
"""Each run is a process of its own, forked from one that has imported everything, as most of it would be."""

LOG = "out.txt"

Question = tuple[str, int]
"""A model, and the seed that tells its samples apart."""


def run_pytest(folder: Path, arguments: list[str]) -> None:
    """Run pytest in this process, which is its own."""
    os.chdir(folder)
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.exit(pytest.main(arguments))


class Killed(NamedTuple):
    """What one run that was killed has shown; `problems` is empty where all held.

    `kept` is how many completions were committed at the last kill; None where the run had not begun.
    """

    kept: int | None
    asked_twice: int
    problems: list[str]


class Range:
    """One server and one project, on which runs are killed.

    Args:
        folder: An empty folder.
        chance: Chooses the moments.
    """

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._folder = folder
        self._chance = chance
        self.server = ChatServer(self._reply)
        task = folder / "suite" / "double"
        (task / "solutions").mkdir(parents=True)
        (task / "test_double.py").write_text(TASK)
        (task / "solutions" / "reference.py").write_text(GOOD)
        FORKS.set_forkserver_preload(["pytest", *_modules()])
        self._finish()  # proves the task, which later runs need not
        started = time.monotonic()
        self._finish()
        self._whole_s = time.monotonic() - started
        self._expected = self._scores()

    def kill_and_resume(self, kills: int) -> Killed:
        """Begin a run, kill it some times, and let it end."""
        self.server.requests.clear()
        known = {run.id for run in self._storage().runs()}
        problems: list[str] = []
        kept: set[Question] | None = None
        more: tuple[str, ...] = ()
        for _ in range(kills):
            self._kill(*more)
            begun = [run.id for run in self._storage().runs() if run.id not in known]
            if begun:
                now = self._kept(begun[0])
                problems += [f"{one} was committed and is lost" for one in (kept or set()) - now]
                kept = now
                more = ("--llm-resume",)
        before = len(self.server.requests)
        self._finish(*more)
        (run,) = [run for run in self._storage().runs() if run.id not in known]
        if (run.status, run.completed) != ("finished", 2 * SAMPLES):
            problems.append(f"it has ended as {run.status} with {run.completed} completions")
        again = Counter(_question(body) for body in self.server.requests[before:])
        problems += [f"{one} was committed and is lost" for one in (kept or set()) - self._kept(run.id)]
        problems += [f"{one} was committed and is asked again" for one in (kept or set()) & set(again)]
        asked = Counter(_question(body) for body in self.server.requests)
        twice = sum(number - 1 for number in asked.values())
        if twice > kills * CONCURRENCY:
            problems.append(f"{twice} questions were repeated, {kills * CONCURRENCY} can have been in flight")
        if self._scores() != self._expected:
            problems.append("the scores are others than those of a run that was not killed")
        return Killed(None if kept is None else len(kept), twice, problems)

    def close(self) -> None:
        """End the server."""
        self.server.close()

    def _reply(self, body: dict[str, Any]) -> str:
        time.sleep(0.02)
        return fenced(GOOD if body["seed"] % 3 else WRONG)

    def _start(self, *more: str) -> ForkServerProcess:
        arguments = [
            *("suite", "-q", "-p", "no:cacheprovider", *PLUGINS, "--llm-json=out.json"),
            *("--llm-models=a,b", f"--llm-base-url={self.server.url}", "--llm-seed=0", "--llm-pass-mark=0"),
            *(f"--llm-samples={SAMPLES}", f"--llm-concurrency={CONCURRENCY}", *more),
        ]
        process = FORKS.Process(target=run_pytest, args=(self._folder, arguments))
        process.start()
        return process

    def _kill(self, *more: str) -> None:
        """Begin, and kill after some time, or soon after some requests have come in."""
        process = self._start(*more)
        if self._chance.choice((True, False)):
            process.join(self._chance.uniform(0.0, 1.0) * self._whole_s)
        else:
            wanted = len(self.server.requests) + self._chance.randint(1, 2 * SAMPLES)
            while process.is_alive() and len(self.server.requests) < wanted:
                time.sleep(0.002)
            process.join(self._chance.uniform(0, 0.1))
        process.kill()
        process.join()

    def _finish(self, *more: str) -> None:
        process = self._start(*more)
        process.join()
        if process.exitcode:
            raise SystemExit(f"a run that was left alone has failed:\n{(self._folder / LOG).read_text()}")

    def _storage(self) -> Storage:
        return Storage.open(URL, self._folder)

    def _kept(self, run: str) -> set[Question]:
        query = (
            "SELECT t.model, json_extract(t.body, '$.parameters.seed') FROM completions c"
            " JOIN trials t ON t.run_id = c.run_id AND t.key = c.trial WHERE c.run_id = ?"
        )
        with self._storage().database.reading() as connection:
            return {(str(model), int(seed)) for model, seed in connection.execute(query, (run,))}

    def _scores(self) -> list[Any]:
        found = json.loads((self._folder / "out.json").read_text())
        return sorted(
            [result["model"], sample["index"], sample["status"], sample["total"], sample["checks"]]
            for result in found["results"]
            for sample in result["samples"]
        )


def _modules() -> list[str]:
    found = pkgutil.walk_packages(pytest_llmbench.__path__, "pytest_llmbench.")
    return [module.name for module in found if not module.name.endswith("__main__")]


def _question(body: dict[str, Any]) -> Question:
    return body["model"], body["seed"]


def main(arguments: list[str] | None = None) -> int:
    """Kill runs, and give 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--kills", type=int, default=2, help="how often a run is killed before it may end")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = Range(Path(folder), random.Random(given.seed))
        results = []
        for number in range(given.runs):
            results.append(place.kill_and_resume(given.kills))
            for problem in results[-1].problems:
                print(f"run {number}: {problem}", flush=True)
        place.close()
    kept = [result.kept for result in results if result.kept is not None]
    bad = sum(bool(result.problems) for result in results)
    print(
        f"{given.runs} runs of {2 * SAMPLES} trials, killed {given.kills} times each, resumed: {bad} failed"
    )
    print(
        f"at the last kill: {given.runs - len(kept)} had not begun, {kept.count(0)} had no answer,"
        f" {sum(0 < number < 2 * SAMPLES for number in kept)} had some of them, {kept.count(2 * SAMPLES)} all"
    )
    print(f"completions committed by then, and used: {sum(kept)}")
    print(f"questions repeated because they were in flight: {sum(result.asked_twice for result in results)}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
