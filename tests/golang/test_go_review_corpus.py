"""The labelled reviews, judged by the real task: whole replies, real compiler, real services."""

from __future__ import annotations

import asyncio
import importlib.util
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pytest_llmbench.answers.extract import extract
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.golang.launcher import GoLauncher
from pytest_llmbench.sandbox.golang.workshop import Workshop
from pytest_llmbench.scoring.analyzers.go import GoAnalyzer
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.tasks.build import build_task
from pytest_llmbench.tasks.task import Task
from pytest_llmbench.toolchains.go_cache import GoToolchain

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus" / "go_review"
NAMES = sorted(path.stem for path in CORPUS.glob("*.md"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def task() -> Task:
    path = ROOT / "task_suites" / "backend" / "go_review" / "test_go_review.py"
    spec = importlib.util.spec_from_file_location("go_review_of_the_suite", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return build_task(module.test_go_review, path)


@pytest.fixture(scope="module")
def judge(sandbox: Sandbox, toolchain: GoToolchain, task: Task) -> Judge:
    limits = Limits(cpu_s=task.limits.cpu_s, memory_bytes=task.limits.memory_mb * MIB)
    analyzer = GoAnalyzer(Workshop(sandbox, toolchain))
    return Judge(launcher=lambda _: GoLauncher(sandbox, toolchain, limits), analyzer=lambda _: analyzer)


def judged(judge: Judge, task: Task, name: str) -> Scorecard:
    reply = (CORPUS / f"{name}.md").read_text(encoding="utf-8")
    answer = extract(reply, language="go", names=task.names)
    return asyncio.run(judge.judge(task, answer)).scorecard


def label(name: str) -> dict[str, Any]:
    return tomllib.loads((CORPUS / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_what_runs_is_told_from_what_does_not(judge: Judge, task: Task, name: str) -> None:
    scorecard = judged(judge, task, name)
    correctness = scorecard.axes.correctness
    assert scorecard.status == "scored", scorecard.error
    assert correctness is not None
    failed = [check.label for check in scorecard.checks if not check.passed]
    assert (correctness >= 3) if label(name)["runs"] else (correctness <= 4), failed


def test_all_are_there() -> None:
    assert len(NAMES) == 11
