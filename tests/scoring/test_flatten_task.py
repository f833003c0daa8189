"""The flatten task: its solutions prove it, and it ranks labelled answers as their reviewer did."""

from __future__ import annotations

import asyncio
import importlib.util
from itertools import combinations

import pytest
from labelled import TESTS, labelled
from memoryhost import MemoryLauncher

from pytest_llmbench.answers.extract import extract
from pytest_llmbench.scoring.analyzers.registry import analyzer_for
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.scoring.proof import answer_of, faulty_problem, prove_references
from pytest_llmbench.tasks.build import build_task

PATH = TESTS.parent / "task_suites" / "backend" / "flatten" / "test_flatten.py"
MERGED_FROM = 6.5
RANK = {"excellent": 4, "good": 3, "padded": 2, "lazy": 1, "flawed": 1, "wrong": 0}


@pytest.fixture(scope="module")
def task():
    spec = importlib.util.spec_from_file_location("flatten_task", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return build_task(module.test_flatten, PATH)


@pytest.fixture(scope="module")
def judge():
    return Judge(launcher=lambda _: MemoryLauncher(), analyzer=analyzer_for)


@pytest.fixture(scope="module")
def proof(task, judge):
    return asyncio.run(prove_references(task, judge))


@pytest.fixture(scope="module")
def judged(task, judge, proof):
    """The labelled answers with their scorecards; the malformed one is left out of the ranking."""

    async def all_of_them():
        found = []
        for one in labelled("corpus/flatten"):
            answer = extract(one.reply, language="python", names=task.names)
            evaluation = await judge.judge(task, answer, plan=proof.plan)
            found.append((one, evaluation.scorecard))
        return found

    return [(one, card) for one, card in asyncio.run(all_of_them()) if one.label["tier"] in RANK]


def test_its_prompt_and_names(task):
    assert task.prompt.startswith("Write a Python function to flatten a nested list recursively.")
    assert task.names == ("flatten",)


def test_both_references_hold(task, proof):
    assert [solution.name for solution in task.references] == ["reference_iterative", "reference_recursive"]
    assert proof.problems == {}


def test_each_faulty_solution_is_caught_as_it_says(task, judge, proof):
    faulty = [solution for solution in task.solutions if solution.kind == "faulty"]
    assert len(faulty) == 7
    for solution in faulty:
        evaluation = asyncio.run(judge.judge(task, answer_of(solution, task), plan=proof.plan))
        assert faulty_problem(solution, proof, evaluation.scorecard) is None, solution.name
        assert evaluation.scorecard.total is not None


def test_the_faulty_solutions_name_six_checks_that_exist(task, proof):
    named = {label for solution in task.solutions for label in solution.caught_by}
    labels = {label for _, label, _ in proof.plan.checks}
    assert named <= labels
    assert len(named) >= 6


def test_no_wrong_answer_is_above_four(judged):
    assert all(card.total < 4 for one, card in judged if one.label["tier"] == "wrong")


def test_an_answer_that_fails_a_weighty_check_is_not_merged(judged):
    for one, card in judged:
        heavy = [check for check in card.checks if check.weight > 1]
        if not all(check.passed for check in heavy):
            assert card.total < MERGED_FROM, one.name


def test_better_answers_rank_higher(judged):
    pairs = [
        (first, second)
        for first, second in combinations(judged, 2)
        if RANK[first[0].label["tier"]] != RANK[second[0].label["tier"]]
    ]
    ordered = sum(
        (first[1].total > second[1].total) == (RANK[first[0].label["tier"]] > RANK[second[0].label["tier"]])
        for first, second in pairs
    )
    assert ordered == len(pairs)


def test_totals_agree_with_the_reviewer_on_merging(judged):
    assert [one.name for one, card in judged if (card.total >= MERGED_FROM) != one.label["would_merge"]] == []
