"""Python answers that attack the judge earn what an honest answer of the same behaviour would."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from grading import CHECKS, earned, fools_a_naive_grader, judged, passed

from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher

ATTACKS = sorted(Path(__file__).with_name("judging").glob("python/*.py"))
HONEST = """
def add_up(values):
    return sum(values)


def steps(values):
    return [sum(values[: end + 1]) for end in range(len(values))]
"""


def test_honest_code_passes_with_both_graders(any_sandbox: Sandbox, tmp_path: Path) -> None:
    assert fools_a_naive_grader(tmp_path, HONEST, seed=1)
    evaluation = asyncio.run(judged(PythonLauncher(any_sandbox, Limits()), "python", HONEST, seed=1))
    assert passed(evaluation) == CHECKS
    assert not fools_a_naive_grader(tmp_path, HONEST.replace("sum", "max"), seed=1)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_fools_a_naive_grader_and_not_the_judge(
    any_sandbox: Sandbox, attack: Path, tmp_path: Path
) -> None:
    code = attack.read_text(encoding="utf-8")
    assert fools_a_naive_grader(tmp_path, code, seed=2)
    evaluation = asyncio.run(judged(PythonLauncher(any_sandbox, Limits()), "python", code, seed=2))
    assert evaluation.scorecard.status == "scored"
    assert passed(evaluation) == earned(code)
