"""All labelled answers to the built-in tasks, judged once: near their labels, and none moved unseen."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from labelled_suite import FOLDERS, SNAPSHOT, differences, judge_folder, snapshot
from runtimes import needed

from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.toolchains.go_status import prepare_go
from pytest_llmbench.toolchains.javascript import prepare_javascript

if TYPE_CHECKING:
    from agreement import Figures, Judged

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged() -> Mapping[str, list[Judged]]:
    needed(lambda: prepare_javascript(os.environ))
    needed(lambda: prepare_go(os.environ))
    needed(lambda: asyncio.run(choose_sandbox(allow_unsafe=False, environ=os.environ)))
    return {folder: judge_folder(folder) for folder in FOLDERS}


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def figures(judged: Mapping[str, list[Judged]], folder: str) -> Figures:
    from agreement import overall

    return overall(judged[folder])


def test_all_are_there(judged):
    assert {folder: len(answers) for folder, answers in judged.items()} == {"corpus": 55, "scoring/own": 20}


def test_scores_are_within_half_a_point_of_the_labels(figures):
    assert figures.near >= 0.9 * figures.scores


def test_tiers_are_in_order(figures):
    assert figures.ordered >= 0.92 * figures.pairs


def test_totals_agree_with_the_reviewer_on_merging(figures):
    assert figures.merged_otherwise == []


def test_no_wrong_answer_is_above_four(figures):
    assert figures.too_high == []


def test_what_runs_is_told_from_what_does_not(judged, folder):
    for one in judged[folder]:
        score = one.axes.correctness
        assert (score >= 3) if one.label["runs"] else (score <= 4), (one.task, one.name, one.notes)


def test_scores_are_as_they_were(judged):
    before = json.loads(SNAPSHOT.read_text("utf-8"))
    found = differences(before, snapshot(judged))
    assert found == [], "where that is meant: python tests/support/labelled_suite.py"
