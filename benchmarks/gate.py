"""How often the gate is wrong, and how often it sees a real drop: on scores spread as real answers are.

Run it by `python benchmarks/gate.py [COMPARISONS]` (400 unless given; a minute or two per thousand).

The spread comes from the labelled answers of the five built-in prompts, as judged by us
(`tests/scoring/suite_scores.json`, which a test holds). A model is drawn from there: with probability
`FAILS` a sample's total is that of an answer that a reviewer would not merge, else of one that they
would, each of the task's own answers as likely as the next. So a task's samples have the lumps and the
tail of real ones: many near 9, some far below. A model that has become worse by some points fails more
often, by as much as makes its mean lower by just those points in each task. The noise is put in the same
way into both runs, and no comparison shares a draw with another.

Beside the gate stands what other tools do: red where the mean score falls by more than 5 %, or by half a
point, whatever the noise. Ends with 1 where the gate raises more than 5 % false alarms, or where the
interval that is shown covers the true change in less than 93 % or more than 97 % at 10 samples.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scipy import stats

from pytest_llmbench.comparison.compare import compare
from pytest_llmbench.comparison.gate import apply_gate
from pytest_llmbench.comparison.rules import parse_rule
from pytest_llmbench.report.document import (
    AxisScores,
    ModelPart,
    ResultPart,
    RunDocument,
    RunPart,
    SamplePart,
    TaskPart,
)
from pytest_llmbench.statistics.intervals import bca_interval, t_interval
from pytest_llmbench.statistics.permutation import mean_difference

TESTS = Path(__file__).parents[1] / "tests"
FAILS = 0.1
DROPS = (0.0, 0.25, 0.5, 1.0, 2.0)
SIZES = (3, 5, 10)
COMPARISONS = 400
SEED = 20261123
RULES = ("score:0.5", "score:0")
TOLERANCES = ("5 %", "0.5 points")
PERCENT, POINTS = 0.05, 0.5
COVERED = (0.93, 0.97)
FALSE_ALARMS = 0.05


@dataclass(frozen=True)
class Answers:
    """The totals of a task's answers: those that reviewers would merge, and the others."""

    task: str
    good: tuple[float, ...]
    bad: tuple[float, ...]

    def drawn(self, rng: random.Random, size: int, drop: float) -> list[float]:
        """Draw samples of a model whose mean is lower by `drop`."""
        fails = FAILS + drop / (statistics.fmean(self.good) - statistics.fmean(self.bad))
        return [rng.choice(self.bad if rng.random() < fails else self.good) for _ in range(size)]


@dataclass(frozen=True)
class Seen:
    """What was said of one pair of runs."""

    red: dict[str, bool]
    worse: bool
    t_covers: bool
    bca_covers: bool
    t_width: float


def main(comparisons: int) -> int:
    """Print one table per question; 1 where the gate is not what it promises."""
    answers = list(corpus())
    print(f"{'task':<16}{'merged':>8}{'others':>8}   SD of a sample")
    for task in answers:
        rng = random.Random(SEED)
        sd = statistics.stdev(task.drawn(rng, 20000, 0))
        print(
            f"{task.task:<16}{statistics.fmean(task.good):>8.2f}{statistics.fmean(task.bad):>8.2f}   {sd:.2f}"
        )
    print(
        f"\n{comparisons} comparisons each, {len(answers)} tasks; in brackets 95 % intervals of the rates\n"
    )
    cases = [(drop, size) for drop in DROPS for size in SIZES]
    with ProcessPoolExecutor() as pool:
        seen = dict(zip(cases, pool.map(_case, cases, [comparisons] * len(cases)), strict=True))
    wrong = _rates(seen) | _coverage(seen)
    return int(wrong)


def corpus() -> Iterator[Answers]:
    """Read the totals of the labelled answers, and which of them a reviewer would merge."""
    scores = json.loads((TESTS / "scoring" / "suite_scores.json").read_text("utf-8"))["scores"]
    for folder in sorted(path for path in (TESTS / "corpus").iterdir() if path.is_dir()):
        totals: dict[bool, list[float]] = {True: [], False: []}
        for label in sorted(folder.glob("*.toml")):
            merged = tomllib.loads(label.read_text("utf-8"))["would_merge"]
            totals[merged].append(scores[f"corpus/{folder.name}/{label.stem}"]["total"])
        yield Answers(folder.name, tuple(totals[True]), tuple(totals[False]))


def _case(case: tuple[float, int], comparisons: int) -> list[Seen]:
    drop, size = case
    answers = list(corpus())
    rng = random.Random(f"{SEED} {drop} {size}")
    return [_seen(answers, rng, drop, size) for _ in range(comparisons)]


def _seen(answers: Sequence[Answers], rng: random.Random, drop: float, size: int) -> Seen:
    before, after = ([task.drawn(rng, size, step) for task in answers] for step in (0.0, drop))
    names = [task.task for task in answers]
    comparison = compare(_run(names, before), _run(names, after))
    red = {rule: apply_gate(comparison, [parse_rule(rule)], names).outcome == "red" for rule in RULES}
    fall = -mean_difference(before, after)
    red["5 %"] = fall > PERCENT * statistics.fmean(map(statistics.fmean, before))
    red["0.5 points"] = fall > POINTS
    low, high = t_interval(before, after) or (0.0, 0.0)
    low_b, high_b = bca_interval(before, after, seed=rng.randrange(2**31)) or (0.0, 0.0)
    return Seen(
        red=red,
        worse=comparison.models[0].change("score").verdict == "worse",
        t_covers=low <= -drop <= high,
        bca_covers=low_b <= -drop <= high_b,
        t_width=high - low,
    )


def _run(tasks: Sequence[str], totals: Sequence[Sequence[float]]) -> RunDocument:
    """Make a run of which only the totals are known."""
    empty = AxisScores()
    run = RunPart(
        id="r", started=datetime(2026, 1, 1, tzinfo=UTC), duration_s=0, sandbox="", samples=len(totals[0]),
        versions={},
    )  # fmt: skip
    model = ModelPart(
        id="m", title="m", vendor="", category="", price_output=None, score=None, interval=None, axes=empty,
        value=None, cost_usd=None, score_per_usd=None, rank=None, errors=0,
    )  # fmt: skip
    results = [
        ResultPart(
            task=task, model="m", score=None, axes=empty, note="",
            samples=tuple(
                SamplePart(index=index, status="scored", total=total, axes=empty)
                for index, total in enumerate(found)
            ),
        )
        for task, found in zip(tasks, totals, strict=True)
    ]  # fmt: skip
    parts = [TaskPart(id=task, title=task, language="python", suite="s", hash="h") for task in tasks]
    return RunDocument(run=run, tasks=tuple(parts), models=(model,), results=tuple(results))


def _rates(seen: dict[tuple[float, int], list[Seen]]) -> bool:
    wrong = False
    for name in (*RULES, *TOLERANCES):
        kind = f"gate {name}" if name in RULES else f"fixed tolerance of {name}"
        print(f"red, {kind}")
        print(f"{'true drop':>11}" + "".join(f"{f'{size} samples':>24}" for size in SIZES))
        for drop in DROPS:
            cells = [_rate([one.red[name] for one in seen[drop, size]]) for size in SIZES]
            print(f"{drop:>11.2f}" + "".join(f"{cell:>24}" for cell in cells))
            if drop == 0 and name in RULES:
                alarms = [statistics.fmean(one.red[name] for one in seen[drop, size]) for size in SIZES]
                wrong |= max(alarms) > FALSE_ALARMS
        print()
    return wrong


def _coverage(seen: dict[tuple[float, int], list[Seen]]) -> bool:
    print("the 95 % interval covers the true change (all drops together)")
    print(f"{'samples':>11}{'t':>24}{'BCa':>24}{'width of t':>14}")
    wrong = False
    for size in SIZES:
        all_of = [one for drop in DROPS for one in seen[drop, size]]
        t, bca = [one.t_covers for one in all_of], [one.bca_covers for one in all_of]
        width = statistics.fmean(one.t_width for one in all_of)
        print(f"{size:>11}{_rate(t):>24}{_rate(bca):>24}{width:>14.2f}")
        wrong |= size == max(SIZES) and not COVERED[0] <= statistics.fmean(t) <= COVERED[1]
    return wrong


def _rate(hits: Sequence[bool]) -> str:
    found = stats.binomtest(sum(hits), len(hits)).proportion_ci(method="wilson")
    return f"{statistics.fmean(hits):.1%} ({found.low:.1%} to {found.high:.1%})"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else COMPARISONS))
