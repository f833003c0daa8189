"""The labelled answers to the tasks that run in Node, judged as a model's replies would be."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from labelled import TESTS, Labelled, labelled

from pytest_llmbench.answers.extract import extract
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.scoring.analyzers.registry import versions
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.scoring.proof import Proof, prove_references
from pytest_llmbench.scoring.scorecard import AXES, Scorecard
from pytest_llmbench.tasks.build import build_task
from pytest_llmbench.tasks.task import Task

TASKS = ("async_race", "dijkstra", "express_users")
SNAPSHOT = Path(__file__).parents[1] / "node_tasks" / "corpus_scores.json"


@cache
def task_module(name: str) -> Any:
    """The module of a task's file."""
    path = TESTS.parent / "task_suites" / "backend" / name / f"test_{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_task", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def task_named(name: str) -> Task:
    """A task of the suite that ships with the package."""
    module = task_module(name)
    return build_task(getattr(module, f"test_{name}"), Path(module.__file__))


def completion_of(one: Labelled) -> Completion:
    """The reply as an API would have given it."""
    return Completion(text=one.reply, finish_reason=one.label["finish_reason"])


async def judged(name: str, judge: Judge, proof: Proof) -> dict[str, tuple[Labelled, Scorecard]]:
    """Judge all labelled answers to a task, by name."""
    task = task_named(name)
    found = {}
    for one in labelled(f"corpus/{name}"):
        reply = completion_of(one)
        answer = extract(one.reply, language=task.language, names=task.names, truncated=reply.truncated)
        evaluation = await judge.judge(task, answer, completion=reply, plan=proof.plan)
        found[one.name] = (one, evaluation.scorecard)
    return found


def numbers(card: Scorecard) -> dict[str, Any]:
    """What the snapshot holds of a scorecard."""
    axes = {axis: round(getattr(card.axes, axis), 2) for axis in AXES}
    return {
        **axes,
        "total": round(card.total or 0, 2),
        "failed": [c.label for c in card.checks if not c.passed],
    }


async def _current_scores() -> dict[str, Any]:
    languages = Languages(os.environ)
    judge = languages.judge(await choose_sandbox(allow_unsafe=False, environ=os.environ))
    scores = {}
    for name in TASKS:
        proof = await prove_references(task_named(name), judge)
        cards = await judged(name, judge, proof)
        scores[name] = {answer: numbers(card) for answer, (_, card) in cards.items()}
    return {"versions": versions(), "scores": scores}


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(asyncio.run(_current_scores()), indent=1) + "\n", encoding="utf-8")
