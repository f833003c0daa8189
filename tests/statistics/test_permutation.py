"""The permutation test, held against counting by hand and against scipy's for a single task."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_llmbench.statistics.permutation import least_p, mean_difference, permutation_p

scores = st.lists(st.integers(10, 100).map(lambda tenths: tenths / 10), min_size=2, max_size=5)


def test_three_against_three_by_hand() -> None:
    # Of the 20 ways to choose three of six, only the real one and its mirror image are as extreme.
    assert permutation_p([[1, 2, 3]], [[4, 5, 6]]) == pytest.approx(2 / 20)
    assert permutation_p([[1, 2, 4]], [[3, 5, 6]]) == pytest.approx(4 / 20)


def test_no_spread_is_no_difference() -> None:
    assert permutation_p([[7.0] * 4], [[7.0] * 4]) == 1
    assert permutation_p([[7.0] * 4, [9.0] * 3], [[7.0] * 4, [9.0] * 3]) == 1


@settings(max_examples=25, deadline=None)
@given(scores, scores)
def test_one_task_is_what_scipy_says(before: list[float], after: list[float]) -> None:
    theirs = stats.permutation_test(
        (after, before),
        lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis),
        n_resamples=np.inf,
        vectorized=True,
    )
    # scipy doubles the smaller tail; ours counts what is as far from 0, the same where sizes agree.
    if len(before) == len(after):
        assert permutation_p([before], [after]) == pytest.approx(min(1, theirs.pvalue), abs=1e-12)


def test_tasks_are_not_mixed() -> None:
    """A hard and an easy task differ by far; inside each the two runs do as well, by a little."""
    before = [[2.0, 2.1, 2.2, 2.3], [9.0, 9.1, 9.2, 9.3]]
    after = [[2.5, 2.6, 2.7, 2.8], [9.5, 9.6, 9.7, 9.8]]
    assert permutation_p(before, after) < 0.002
    pooled = permutation_p([before[0] + before[1]], [after[0] + after[1]])
    assert pooled > 0.5


def test_dealt_at_random_it_is_close_to_the_exact_value() -> None:
    """Two tasks of three and three: 400 deals, counted here one by one."""
    before, after = [[1.0, 2.0, 4.0], [5.0, 7.0, 6.0]], [[3.0, 5.0, 6.0], [6.5, 9.0, 8.0]]
    real = abs(mean_difference(before, after))
    first, second = (_steps(old, new) for old, new in zip(before, after, strict=True))
    exact = np.mean([abs(a + b) / 2 >= real - 1e-9 for a in first for b in second])
    assert permutation_p(before, after) == pytest.approx(exact, abs=0.006)


def _steps(old: list[float], new: list[float]) -> list[float]:
    from itertools import combinations

    pool = old + new
    found = []
    for chosen in combinations(range(6), 3):
        rest = [pool[i] for i in range(6) if i not in chosen]
        found.append(np.mean([pool[i] for i in chosen]) - np.mean(rest))
    return found


def test_the_same_seed_gives_the_same_value() -> None:
    before, after = [[1.0, 5.0, 9.0]] * 3, [[2.0, 5.0, 8.0]] * 3
    assert permutation_p(before, after, seed=7) == permutation_p(before, after, seed=7)


def test_what_no_sample_can_go_below() -> None:
    assert least_p([[0] * 3], [[0] * 3]) == pytest.approx(0.1)
    assert least_p([[0] * 2], [[0] * 3]) == pytest.approx(0.1)
    assert least_p([[0]], [[0]]) == 1
    assert least_p([[0] * 3] * 5, [[0] * 3] * 5) == pytest.approx(1 / 10000)
    assert permutation_p([[1, 1, 1]], [[2, 2, 2]]) == pytest.approx(least_p([[0] * 3], [[0] * 3]))
