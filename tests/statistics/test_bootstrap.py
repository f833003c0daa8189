"""The bootstrap: odds of a resample's median by full enumeration, intervals by what must come out."""

from __future__ import annotations

import random
import time
from collections import Counter
from itertools import product
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.statistics.bootstrap import _median_ranks, difference_interval, score_interval

totals = st.floats(min_value=1, max_value=10)
tasks_of_totals = st.lists(st.lists(totals, min_size=2, max_size=7), min_size=1, max_size=6)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_odds_of_a_median_are_those_of_all_resamples(size: int) -> None:
    values = [2.0**rank for rank in range(size)]  # no two means of a pair are the same
    counted = Counter(float(median(resample)) for resample in product(values, repeat=size))
    pairs, cumulative = _median_ranks(size)
    odds = dict.fromkeys(counted, 0.0)
    for (low, high), upto, before in zip(pairs, cumulative, [0.0, *cumulative], strict=False):
        if upto > before:
            odds[(values[low] + values[high]) / 2] += upto - before
    assert odds == pytest.approx({value: count / size**size for value, count in counted.items()})


def test_an_interval_of_three_samples_is_their_range() -> None:
    # The median of a resample of three is its lowest with odds 7/27, far above the 2.5 % that is cut off.
    assert score_interval([[8.0, 9.0, 7.0]], seed="x") == (7.0, 9.0)


def test_an_interval_over_tasks_narrows_as_the_square_root_of_their_number() -> None:
    # One task's median has the variance 14/27 for totals -1, 0 and 1 (odds 7/27, 13/27, 7/27), so the mean
    # of 100 tasks has the standard deviation sqrt(14/27)/10 and 95 % lie within 1.96 of those.
    low, high = score_interval([[4.0, 5.0, 6.0]] * 100, seed="x", draws=20_000) or (0.0, 0.0)
    half = 1.96 * (14 / 27) ** 0.5 / 10
    assert low == pytest.approx(5 - half, abs=0.011)
    assert high == pytest.approx(5 + half, abs=0.011)


def test_equal_totals_leave_no_doubt() -> None:
    assert score_interval([[7.5, 7.5, 7.5], [8.5, 8.5]], seed="x") == (8.0, 8.0)


@pytest.mark.parametrize("tasks", [[], [[]], [[8.0]], [[8.0, 9.0], [8.0]]])
def test_a_task_with_one_sample_gives_no_interval(tasks: list[list[float]]) -> None:
    assert score_interval(tasks, seed="x") is None


@given(tasks_of_totals)
def test_an_interval_holds_the_score_and_stays_in_range(tasks: list[list[float]]) -> None:
    low, high = score_interval(tasks, seed="x", draws=200) or (0.0, 0.0)
    assert 1 - 1e-9 <= low <= high <= 10 + 1e-9
    assert low <= sum(max(task) for task in tasks) / len(tasks) + 1e-9
    assert high >= sum(min(task) for task in tasks) / len(tasks) - 1e-9


@given(tasks_of_totals)
def test_the_seed_decides(tasks: list[list[float]]) -> None:
    shuffled = [list(reversed(task)) for task in tasks]
    assert score_interval(tasks, seed="a", draws=200) == score_interval(shuffled, seed="a", draws=200)


def test_a_difference_that_is_sure_leaves_out_zero() -> None:
    low, high = difference_interval([[9.0, 9.2, 9.1]] * 3, [[7.0, 7.3, 7.1]] * 3, seed="x") or (0.0, 0.0)
    assert 1.7 < low < 2.0 < high < 2.2


def test_a_difference_of_like_models_holds_zero() -> None:
    low, high = difference_interval([[9.0, 8.0, 7.0]] * 3, [[7.1, 8.1, 8.9]] * 3, seed="x") or (1.0, 1.0)
    assert low < 0 < high


def test_a_difference_needs_the_same_tasks() -> None:
    with pytest.raises(ValueError, match="same tasks"):
        difference_interval([[1.0, 2.0]], [], seed="x")


def test_a_difference_needs_two_samples_of_both() -> None:
    assert difference_interval([[1.0, 2.0]], [[1.0]], seed="x") is None


def test_intervals_of_a_usual_run_are_quick() -> None:
    began = time.process_time()
    for model in range(10):
        score_interval([[7.0, 8.0, 9.0]] * 5, seed=str(model))
    assert time.process_time() - began < 1


@given(st.lists(totals, min_size=2, max_size=7), st.lists(totals, min_size=2, max_size=7))
def test_of_a_single_task_nothing_is_left_to_chance(one: list[float], other: list[float]) -> None:
    """Two tasks that are one and the same task twice would be drawn: here all odds are counted instead."""
    assert difference_interval([one], [other], seed="a") == difference_interval([one], [other], seed="b")
    low, high = difference_interval([one], [other], seed="a") or (0.0, 0.0)
    assert low <= median(one) - median(other) <= high
    rng = random.Random(1)
    drawn = sorted(
        median(rng.choices(one, k=len(one))) - median(rng.choices(other, k=len(other))) for _ in range(400)
    )
    assert sum(value < low - 1e-9 for value in drawn) <= 25
    assert sum(value > high + 1e-9 for value in drawn) <= 25
