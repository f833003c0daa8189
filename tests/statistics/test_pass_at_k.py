"""pass@k, held against the definition and against the paper's own product form."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.statistics.pass_at_k import pass_at_k


def test_known_answers() -> None:
    assert pass_at_k(5, 2, 1) == pytest.approx(0.4)
    assert pass_at_k(5, 2, 2) == pytest.approx(0.7)
    assert pass_at_k(10, 0, 10) == 0
    assert pass_at_k(10, 1, 10) == 1
    assert pass_at_k(200, 10, 100) == pytest.approx(0.9993, abs=1e-4)


@given(st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_it_is_the_share_of_choices_with_a_right_one(case: tuple[int, int, int]) -> None:
    n, passed, k = case
    choices = list(combinations([True] * passed + [False] * (n - passed), k))
    assert pass_at_k(n, passed, k) == pytest.approx(sum(map(any, choices)) / len(choices))


@pytest.mark.parametrize("case", [(3, 4, 1), (3, 1, 0), (3, 1, 4), (3, -1, 1)])
def test_what_has_no_meaning_is_refused(case: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no meaning"):
        pass_at_k(*case)
