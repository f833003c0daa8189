"""Spearman's rank correlation, held against scipy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pytest_llmbench.statistics.rank_correlation import rank_correlation, ranks

SCORES = st.integers(1, 10).map(float)


def test_equal_values_share_their_ranks() -> None:
    assert ranks([3.0, 1.0, 3.0, 2.0]) == [3.5, 1.0, 3.5, 2.0]


@given(st.lists(st.tuples(SCORES, SCORES), min_size=2, max_size=30))
def test_it_is_scipys(pairs: list[tuple[float, float]]) -> None:
    first, second = [list(series) for series in zip(*pairs, strict=True)]
    found = rank_correlation(first, second)
    if found is None:
        assert len(set(first)) == 1 or len(set(second)) == 1
    else:
        assert found == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-9)


def test_without_an_order_there_is_none() -> None:
    assert rank_correlation([], []) is None
    assert rank_correlation([1.0, 2.0], [5.0, 5.0]) is None
