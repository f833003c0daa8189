"""Judges the labelled answers, so that `gate.py` knows how far real answers to one prompt lie apart.

Run it by `python benchmarks/gate_corpus.py`: it writes `gate_corpus.json`, which is kept beside it. The
answers are those of `tests/corpus`: eleven replies to each of the five built-in prompts.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tomllib
from pathlib import Path

from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.tasks.build import build_task
from pytest_llmbench.tasks.task import Task

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "corpus"
KEPT = Path(__file__).with_suffix(".json")


def main() -> int:
    """Judge all answers, and keep their totals with what a reviewer said of them."""
    tasks = {name: _task(name) for name in sorted(p.name for p in CORPUS.iterdir() if p.is_dir())}
    languages = Languages(os.environ, print)
    side = JudgingSide(
        choose_sandbox=lambda: choose_sandbox(allow_unsafe=False, environ=os.environ),
        make_judge=languages.judge,
    )
    side.open()
    languages.prepare(task.language for task in tasks.values())
    try:
        kept = {name: _judged(side, task) for name, task in tasks.items()}
    finally:
        side.close()
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


def _task(name: str) -> Task:
    path = ROOT / "task_suites" / "backend" / name / f"test_{name}.py"
    spec = importlib.util.spec_from_file_location(f"corpus_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return build_task(vars(module)[f"test_{name}"], path)


def _judged(side: JudgingSide, task: Task) -> dict[str, dict[str, object]]:
    folder = CORPUS / task.id
    labels = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    waiting = {
        name: side.judge_reply(
            task,
            Completion(text=(folder / f"{name}.md").read_text("utf-8"), finish_reason=label["finish_reason"]),
        )
        for name, label in labels.items()
    }
    found = {}
    for name, future in waiting.items():
        card = future.result()[1].scorecard
        assert card.total is not None, f"{task.id}/{name}: {card.status}: {card.error}"
        found[name] = {"total": round(card.total, 2), "would_merge": labels[name]["would_merge"]}
        print(task.id, name, found[name])
    return found


if __name__ == "__main__":
    sys.exit(main())
