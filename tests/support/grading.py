"""One small task, judged in two ways: by the real judge, and by a naive grader in the answer's process.

The naive graders are what attacks on a judge are shown to fool.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.sandbox.host import HostLauncher
from pytest_llmbench.scoring.judge import Evaluation, Judge
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.tasks.task import Task

CHECKS = {"adds", "lists", "quick", "empty"}
QUICK_S = 1.0
_EARNS = re.compile(r"Earns: (.+)")


def make_cases(seed: int) -> list[dict[str, Any]]:
    """Random inputs with what is right for each."""
    numbers = random.Random(seed)
    rows = [[numbers.randrange(1000) for _ in range(size)] for size in (3, 5, 8)]
    return [{"values": row, "total": sum(row), "running": list(accumulate(row))} for row in rows]


def make_task(language: Language, seed: int) -> Task:
    """The task, whose body knows what is right."""
    cases = make_cases(seed)
    add_up, steps = ("AddUp", "Steps") if language == "go" else ("add_up", "steps")

    async def body(candidate: Any, score: Any) -> None:
        with score.correctness("adds"):
            for case in cases:
                assert await candidate.call(add_up, case["values"]) == case["total"]
        with score.correctness("lists"):
            for case in cases:
                found = await candidate.call(steps, case["values"])
                assert found == case["running"]
                assert case["total"] in found
        with score.correctness("quick"):
            assert await candidate.call(add_up, [1] * 1000, timeout=QUICK_S) == 1000
        with score.edge_case("empty"):
            found = await candidate.call(steps, [])
            assert found == []
            assert type(found) is list

    return Task(
        id="add_up",
        title="Add up",
        language=language,
        suite="hostile",
        prompt="Add up.",
        body=body,
        path=Path(__file__),
    )


async def judged(launcher: HostLauncher, language: Language, code: str, seed: int) -> Evaluation:
    """What the real judge says of an answer."""
    judge = Judge(launcher=lambda _: launcher, analyzer=lambda _: None)
    return await judge.judge(make_task(language, seed), Answer(code=code, found="given"))


def passed(evaluation: Evaluation) -> set[str]:
    """The labels of the checks that passed; all four were recorded."""
    checks = evaluation.scorecard.checks
    assert {check.label for check in checks} == CHECKS
    return {check.label for check in checks if check.passed}


def earned(code: str) -> set[str]:
    """What the first comment of an attack says it earns, which is what its honest twin earns."""
    found = _EARNS.search(code.splitlines()[0])
    assert found is not None
    return set() if found[1] == "nothing" else set(found[1].split(", "))


PYTHON_GRADER = """
import json, time, unittest

cases = json.load(open("cases.json"))
import answer

class Checks(unittest.TestCase):
    def test_adds(self):
        for case in cases:
            self.assertEqual(answer.add_up(case["values"]), case["total"])
    def test_lists(self):
        for case in cases:
            found = answer.steps(case["values"])
            self.assertEqual(found, case["running"])
            self.assertIn(case["total"], found)
    def test_quick(self):
        start = time.perf_counter()
        answer.add_up([1] * 1000)
        self.assertTrue(time.perf_counter() - start < 1)

unittest.main()
"""

NODE_GRADER = """
import assert from "node:assert";
import fs from "node:fs";
const cases = JSON.parse(fs.readFileSync("cases.json"));
const answer = await import("./answer.mjs");
for (const row of cases) {
  assert.equal(await answer.add_up(row.values), row.total);
  const found = await answer.steps(row.values);
  assert.equal(JSON.stringify(found), JSON.stringify(row.running));
}
const start = performance.now();
await answer.add_up(Array(1000).fill(1));
assert.ok(performance.now() - start < 1000);
console.log("4 passed");
"""


def fools_a_naive_grader(folder: Path, code: str, seed: int, *, node: Path | None = None) -> bool:
    """Whether it passes where checks run in its own process, and exit code or output are the verdict."""
    folder.mkdir(exist_ok=True)
    (folder / "cases.json").write_text(json.dumps(make_cases(seed)))
    name, grader, runner = (
        ("answer.py", PYTHON_GRADER, sys.executable)
        if node is None
        else ("answer.mjs", NODE_GRADER, str(node))
    )
    (folder / name).write_text(code)
    script = folder / name.replace("answer", "grader")
    script.write_text(grader)
    # The environment of the tests does not go along: an attack that works, works on nothing of anybody's.
    done = subprocess.run(
        [runner, script],
        cwd=folder,
        capture_output=True,
        timeout=30,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    said = done.stdout + done.stderr
    return done.returncode == 0 or b"4 passed" in said or said.rstrip().endswith(b"OK")
