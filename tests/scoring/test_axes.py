from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.axes import (
    ALL_LOWEST,
    BOUND,
    EQUAL_WEIGHTS,
    HIGHEST,
    LOWEST,
    PADDED,
    UNTOLD,
    axis_scores,
    total_score,
    under_padding,
)
from pytest_llmbench.scoring.axis_weights import AxisWeights
from pytest_llmbench.scoring.scorecard import AXES, AxisScores, Check


def scored(found, **analyzed):
    return axis_scores(found, **analyzed).scores


def check(axis, passed, weight=1.0):
    return Check(axis=axis, label="x", passed=passed, weight=weight)


checks = st.lists(st.builds(check, st.sampled_from(AXES), st.booleans(), st.floats(0.1, 10)), max_size=12)
analyzed = st.none() | st.floats(LOWEST, HIGHEST)


def test_correctness_is_the_weighted_share_on_one_to_ten():
    scores = scored([check("correctness", True, 2), check("correctness", False)])
    assert scores.correctness == pytest.approx(7.0)


def test_edge_cases_count_only_as_far_as_the_basics_work():
    scores = scored([check("correctness", False), check("edge_cases", True)])
    assert (scores.correctness, scores.edge_cases) == (1.0, 1.0)


def test_edge_cases_without_a_correctness_check_stand_alone():
    assert scored([check("edge_cases", True)]).edge_cases == HIGHEST


def test_an_axis_without_checks_and_without_an_analyzer_has_no_score():
    scores = scored([check("correctness", True)])
    assert (scores.quality, scores.documentation, scores.edge_cases) == (None, None, None)


def test_a_failed_check_of_quality_costs_its_weight_in_points():
    failed = [check("quality", False, 2.5), check("quality", True, 4), check("documentation", False, 1)]
    scores = scored(failed, quality=9.0)
    assert (scores.quality, scores.documentation) == (6.5, 9.0)


def test_the_worked_example_of_the_documentation():
    axes = AxisScores(correctness=6.4, quality=7.5, documentation=8.0, edge_cases=4.9)
    assert total_score(axes) == pytest.approx(6.4)  # the mean, 6.7, is more than correctness


def test_wrong_code_is_neither_well_written_nor_well_documented():
    found = axis_scores([check("correctness", False)], quality=9.5, documentation=10)
    assert (found.scores.quality, found.scores.documentation) == pytest.approx((4.6, 4.6))
    assert [(f.axis, f.rule, f.points) for f in found.findings] == [
        ("quality", BOUND, -4.9),
        ("documentation", BOUND, -5.4),
    ]


def test_edge_cases_count_for_less_where_nobody_is_told_of_them():
    passing = [check("correctness", True), check("edge_cases", True)]
    assert scored(passing, documentation=10).edge_cases == HIGHEST
    found = axis_scores(passing, documentation=1)
    assert found.scores.edge_cases == pytest.approx(5.95)
    assert [(f.axis, f.rule, f.points) for f in found.findings] == [("edge_cases", UNTOLD, -4.05)]


def test_a_suite_that_weighs_no_documentation_does_not_ask_for_it_at_the_edges():
    passing = [check("correctness", True), check("edge_cases", True)]
    weights = AxisWeights(of_total={**EQUAL_WEIGHTS, "documentation": 0})
    assert axis_scores(passing, documentation=1, weights=weights).scores.edge_cases == HIGHEST


def test_a_total_without_any_axis_is_the_lowest():
    assert total_score(AxisScores()) == LOWEST
    assert total_score(ALL_LOWEST) == LOWEST


def test_weights_move_the_mean_and_leave_the_cap():
    axes = AxisScores(correctness=9, quality=5, documentation=1, edge_cases=9)
    assert total_score(axes, {**EQUAL_WEIGHTS, "documentation": 0}) == pytest.approx(23 / 3)
    good = AxisScores(correctness=2, quality=10, documentation=10, edge_cases=2)
    assert total_score(good, {**EQUAL_WEIGHTS, "correctness": 0}) == 2


def test_padding_bounds_the_total_smoothly_and_never_below_what_is_right():
    assert under_padding(9.5, 0) == (9.5, ())
    assert under_padding(8.4, 1) == (8.4, ())  # one helper left over
    total, (finding,) = under_padding(9.5, 2)
    assert total == 7.0
    assert (finding.axis, finding.rule, finding.points) == ("quality", PADDED, 0)
    assert "2.00 points went for what does nothing: the total counts at most 7.00" in finding.message
    assert under_padding(9.5, 7)[0] == 6.45
    assert under_padding(3.0, 7) == (3.0, ())


def test_a_suite_that_weighs_no_quality_does_not_mind_padding():
    weights = AxisWeights(of_total={**EQUAL_WEIGHTS, "quality": 0})
    assert under_padding(9.5, 7, weights) == (9.5, ())


@given(checks, analyzed, analyzed)
def test_scores_stay_within_one_and_ten_and_no_total_is_above_correctness(found, quality, documentation):
    axes = scored(found, quality=quality, documentation=documentation)
    known = [score for axis in AXES if (score := getattr(axes, axis)) is not None]
    total = total_score(axes)
    assert all(LOWEST <= score <= HIGHEST + 1e-9 for score in [*known, total])
    assert axes.correctness is None or total <= axes.correctness


@given(checks)
def test_one_more_passed_check_never_lowers_the_axis(found):
    before = scored(found)
    after = scored([*found, check("correctness", True)])
    assert before.correctness is None or after.correctness >= before.correctness - 1e-9
