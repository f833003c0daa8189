"""Intervals of a difference, held against scipy's Welch interval and against what is known of bootstraps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from pytest_llmbench.statistics.intervals import bca_interval, spread, t_interval


def samples(seed: int, tasks: int, size: int, shift: float = 0.0) -> list[list[float]]:
    rng = np.random.default_rng(seed)
    return [list(rng.normal(7 + shift, 1 + task, size)) for task in range(tasks)]


def test_one_task_is_welch_s_interval() -> None:
    (before,), (after,) = samples(1, 1, 7), samples(2, 1, 12, -0.5)
    theirs = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    assert t_interval([before], [after]) == pytest.approx((theirs.low, theirs.high))


def test_equal_tasks_add_up_as_independent_ones_do() -> None:
    """Four times the same task: the same difference, half the error, four times the freedom."""
    one, four = (spread(samples(1, 1, 9) * n, samples(2, 1, 9) * n) for n in (1, 4))
    assert one is not None
    assert four is not None
    assert four.error == pytest.approx(one.error / 2)
    assert four.freedom == pytest.approx(4 * one.freedom)


def test_one_sample_has_no_spread() -> None:
    assert t_interval([[1.0]], [[1.0, 2.0]]) is None
    assert bca_interval([[1.0]], [[1.0, 2.0]]) is None
    assert t_interval([], []) is None


def test_values_that_are_all_the_same_give_a_point() -> None:
    assert t_interval([[1.0, 1.0]], [[2.0, 2.0]]) == (1, 1)
    assert bca_interval([[1.0, 1.0]], [[2.0, 2.0]]) == (1, 1)


def test_bca_of_many_normal_samples_is_the_t_interval() -> None:
    before, after = samples(1, 2, 300), samples(2, 2, 300, -0.4)
    assert bca_interval(before, after) == pytest.approx(t_interval(before, after), abs=0.05)


def test_bca_follows_a_skew_that_t_does_not() -> None:
    """Costs with a long tail in the second run: the interval reaches further up than down."""
    rng = np.random.default_rng(5)
    before, after = [list(rng.normal(1, 0.05, 15))], [list(rng.lognormal(0, 1, 15))]
    low, high = bca_interval(before, after) or (math.nan, math.nan)
    middle = float(np.mean(after) - np.mean(before))
    assert high - middle > 1.2 * (middle - low)
    moved = bca_interval(before, [[value + 3 for value in after[0]]])
    assert moved == pytest.approx((low + 3, high + 3))


def test_a_resample_without_spread_still_gives_an_interval() -> None:
    low, high = bca_interval([[5.0, 5.0, 5.0]], [[5.0, 5.0, 1.0]]) or (math.nan, math.nan)
    assert low <= -4 / 3 <= high
