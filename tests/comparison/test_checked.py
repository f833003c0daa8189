"""Runs whose machines could not check the same things are not compared."""

from __future__ import annotations

import pytest
from made_up_pairs import run_of

from pytest_llmbench.comparison.checked import other_checks
from pytest_llmbench.comparison.matching import match
from pytest_llmbench.report.document import RunDocument, SamplePart
from pytest_llmbench.scoring.scorecard import Check


def checks(*labels: str) -> tuple[Check, ...]:
    return tuple(Check(axis="correctness", label=label, passed=True) for label in labels)


def run(*labels: str, total: float | None = 8.0) -> RunDocument:
    return run_of({"m": {"t": [total]}}, checks=checks(*labels))


def samples(document: RunDocument) -> tuple[SamplePart, ...]:
    return document.results[0].samples


def test_a_check_that_one_machine_cannot_make_leaves_the_task_out() -> None:
    pairs, (left_out,) = match(run("works", "has no race"), run("works"), {})
    assert pairs == []
    assert (left_out.what, left_out.reason) == ("t", "not checked any more: 'has no race'")


def test_the_same_checks_are_compared_in_any_order() -> None:
    pairs, left_out = match(run("works", "has no race"), run("has no race", "works"), {})
    assert (len(pairs), left_out) == (1, [])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (run("a"), run("b"), "not checked any more: 'a'; not checked before: 'b'"),
        (run("a"), run("a", *"bcdef"), "not checked before: 'b', 'c', 'd' and 2 more"),
        (run("a"), run("b", total=None), None),
        (run(), run("b"), None),
    ],
)
def test_what_is_said(before: RunDocument, after: RunDocument, told: str | None) -> None:
    assert other_checks(samples(before), samples(after)) == told


def test_what_was_judged_again_has_the_checks_of_today() -> None:
    rejudged = {("t", "m"): samples(run("works"))}
    pairs, left_out = match(run("works", "has no race"), run("works"), rejudged)
    assert (len(pairs), left_out) == (1, [])
