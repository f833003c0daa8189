"""What the proofs of the three tasks rest on; `make prove` has all their solutions judged and linted."""

from __future__ import annotations

import re

import pytest
from labelled import TESTS
from node_tasks import TASKS, task_named

PROMPTS = {
    "async_race": "This JavaScript has an async/await race condition:",
    "dijkstra": "Implement Dijkstra's shortest path in TypeScript with a real priority queue.",
    "express_users": "Build an Express.js endpoint that paginates and filters a user list.",
}


@pytest.mark.parametrize("name", TASKS)
def test_its_prompt_is_the_one_that_was_agreed_on(name):
    assert task_named(name).prompt.startswith(PROMPTS[name])


def test_dijkstra_alone_is_hard():
    assert {name: task_named(name).tags for name in TASKS} == {
        "async_race": (),
        "dijkstra": ("hard",),
        "express_users": (),
    }


@pytest.mark.parametrize("name", TASKS)
def test_there_are_two_references_and_enough_faulty_solutions(name):
    kinds = [solution.kind for solution in task_named(name).solutions]
    assert kinds.count("reference") == 2
    assert kinds.count("faulty") >= 6


@pytest.mark.parametrize("name", TASKS)
def test_the_harness_holds_no_expected_value(name):
    harness = task_named(name).harness
    assert harness is not None
    assert not re.search(r"assert|expect|node:assert", harness)


def test_the_suite_stands_where_these_tests_look_for_it():
    assert (TESTS.parent / "task_suites" / "backend").is_dir()
