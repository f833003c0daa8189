"""How far the scores agree with what a reviewer said of labelled answers, judged end to end as replies are.

A folder of answers holds a folder per task, of the name of a task of the built-in suite, and there an
`aNN.md` (a whole reply) and an `aNN.toml` (its labels: `tier`, `would_merge`, a range per axis,
`finish_reason`) for each answer. `tests/corpus` is such a folder.

    python benchmarks/calibration.py                                   # tests/corpus
    python benchmarks/calibration.py --answers=FOLDER --task=flatten
    python benchmarks/calibration.py --leave-one-out

With `--leave-one-out` a factor per axis, on what answers lose there, is fitted on all tasks but one and
measured on that one. A factor near 1 each time, and figures that do not fall, say that the costs do not
lean on a single task. What it cannot show is whether the rules themselves do.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agreement import Figures, Judged, by_task, figures, fitted, overall, rescored
from suite import SUITE, load_task

from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.errors import LlmBenchError, UsageError
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.scoring.scorecard import AXES, Scorecard
from pytest_llmbench.tasks.task import Task

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
FURTHEST = 15


def labelled(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give name, reply and labels of each answer of a folder.

    Raises:
        UsageError: A reply has no labels, or labels that cannot be read.
    """
    for path in sorted(folder.glob("*.md")):
        label = path.with_suffix(".toml")
        try:
            yield path.stem, path.read_text("utf-8"), tomllib.loads(label.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{label}: {error}; each answer needs its labels beside it") from None


def judge_all(answers: Path, names: Sequence[str]) -> list[Judged]:
    """Judge the answers of a folder.

    Raises:
        UsageError: The folder, a label or a task is not as it has to be.
        LlmBenchError: A task's references do not hold, or an answer could not be judged.
    """
    tasks = [load_task(SUITE / name) for name in names or _tasks_in(answers)]
    languages = Languages(os.environ, _tell)
    side = JudgingSide(
        choose_sandbox=lambda: choose_sandbox(allow_unsafe=False, environ=os.environ),
        make_judge=languages.judge,
    )
    side.open()
    try:
        return [one for task in tasks for one in _judge_task(side, task, answers / task.id)]
    finally:
        side.close()


def _tasks_in(answers: Path) -> list[str]:
    found = sorted(path.name for path in answers.iterdir() if path.is_dir()) if answers.is_dir() else []
    if not found:
        raise UsageError(f"{answers} holds no folder of answers: one per task, of the task's name")
    return found


def _judge_task(side: JudgingSide, task: Task, folder: Path) -> list[Judged]:
    if failed := side.prove(task).result().failed:
        raise LlmBenchError(f"{task.id}: its references do not hold: {failed}")
    waiting = []
    for name, reply, label in labelled(folder):
        completion = Completion(text=reply, finish_reason=label.get("finish_reason", "stop"))
        waiting.append((name, label, side.judge_reply(task, completion)))
    judged = []
    for name, label, future in waiting:
        card = future.result()[1].scorecard
        if not card.judged or card.total is None:
            raise LlmBenchError(f"{task.id}/{name} could not be judged: {card.error}")
        judged.append(_judged(task.id, name, label, card))
        _tell(f"{task.id}/{name} {card.total:.2f}")
    return judged


def _judged(task: str, name: str, label: dict[str, Any], card: Scorecard) -> Judged:
    failed = [check for check in card.checks if not check.passed]
    notes = [f"{c.axis}: {c.label} (weight {c.weight:g}): {c.message}" for c in failed]
    notes += [f"{f.axis} {f.points:+.2f} line {f.line or '-'} {f.rule}: {f.message}" for f in card.findings]
    labels = tuple(check.label for check in failed)
    return Judged(task, name, label, card.axes, card.total or 0.0, labels, tuple(notes))


def show_figures(title: str, found: Figures) -> str:
    """Give figures as one line of the table."""
    return (
        f"{title:<14} {_share(found.inside, found.scores)} {_share(found.near, found.scores)}"
        f" {_share(found.ordered, found.pairs)} {_share(found.agreed, found.merges)} {len(found.too_high):>6}"
    )


def show_table(answers: Sequence[Judged]) -> str:
    """Give the figures per task and over all."""
    head = (
        f"{'':<14} {'in range':>16} {'within 0.5':>16} {'pairs in order':>16} {'merging':>16} {'wrong>4':>6}"
    )
    rows = [show_figures(task, figures(found)) for task, found in by_task(answers).items()]
    return "\n".join([head, *rows, show_figures("all", overall(answers))])


def show_differences(answers: Sequence[Judged]) -> str:
    """Give what the labels and the scores differ in, the scores furthest off first."""
    found = overall(answers)
    offs = sorted(
        ((off, axis, one) for one in answers for axis, off in one.offs() if off),
        key=lambda entry: -abs(entry[0]),
    )
    lines = ["furthest off (score, range, how far):"]
    lines += [
        f"  {one.task}/{one.name} {axis} {getattr(one.axes, axis):.2f} {one.label[axis]} {off:+.2f}"
        for off, axis, one in offs[:FURTHEST]
    ]
    for title, entries in (
        ("wrong answers above 4:", found.too_high),
        ("merged otherwise than labelled:", found.merged_otherwise),
        ("pairs out of order:", found.misordered),
    ):
        lines += [title, *(f"  {entry}" for entry in entries or ["none"])]
    return "\n".join(lines)


def show_left_out(answers: Sequence[Judged]) -> str:
    """Give the figures of each task with factors fitted on the others."""
    lines = ["factors fitted on the other tasks (correctness, quality, documentation, edge cases):"]
    everything = []
    for task, found in by_task(answers).items():
        factors = fitted([one for one in answers if one.task != task])
        scored = [rescored(one, factors) for one in found]
        everything += scored
        lines.append(
            show_figures(task, figures(scored)) + "  " + " ".join(f"{factors[axis]:.2f}" for axis in AXES)
        )
    return "\n".join([*lines, show_figures("all", overall(everything))])


def show_answer(one: Judged) -> str:
    """Give an answer's scores, with what they are made of."""
    axes = "  ".join(
        f"{axis} {getattr(one.axes, axis):.2f} {one.label.get(axis, '')}"
        for axis in AXES
        if getattr(one.axes, axis) is not None
    )
    head = f"{one.task}/{one.name} {one.label.get('tier', '')} total {one.total:.2f}  {axes}"
    return "\n".join([head, *(f"  {note}" for note in one.notes)])


def _share(part: int, whole: int) -> str:
    return f"{part:>4} of {whole:<3} {part / whole:>4.0%}" if whole else f"{'-':>16}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Hold scores against a reviewer's labels.")
    parser.add_argument("--answers", type=Path, default=CORPUS, help="the folder of labelled answers")
    parser.add_argument("--task", action="append", default=[], help="one of its tasks; repeatable (all)")
    parser.add_argument(
        "--leave-one-out", action="store_true", help="fit on all tasks but one, measure on it"
    )
    parser.add_argument("--verbose", action="store_true", help="show what each score is made of")
    parser.add_argument("--json", type=Path, help="write the scores and what they are made of there, too")
    return parser.parse_args(argv)


def _write(answers: Sequence[Judged], path: Path) -> None:
    rows = [
        {"task": one.task, "name": one.name, "label": dict(one.label), "axes": one.axes.model_dump()}
        | {"total": one.total, "failed": one.failed, "notes": one.notes}
        for one in answers
    ]
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def main(argv: Sequence[str]) -> int:
    """Judge, and print how far scores and labels agree."""
    asked = _arguments(argv)
    answers = judge_all(asked.answers, asked.task)
    if asked.json:
        _write(answers, asked.json)
    parts = [show_answer(one) for one in answers] if asked.verbose else []
    parts += [show_table(answers), show_differences(answers)]
    if asked.leave_one_out:
        parts.append(show_left_out(answers))
    print("\n\n".join(parts))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LlmBenchError as problem:
        sys.exit(f"calibration: {problem}")
