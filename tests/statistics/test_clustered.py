"""Clustered standard errors, held against cases with a known answer."""

from __future__ import annotations

import math
import statistics

import pytest

from pytest_llmbench.statistics.clustered import clustered_error


def test_clusters_of_one_are_the_plain_standard_error() -> None:
    values = [3.0, 5.0, 8.0, 9.0, 4.0]
    plain = statistics.stdev(values) / math.sqrt(len(values))
    assert clustered_error([[value] for value in values]) == pytest.approx(plain)


def test_samples_that_only_repeat_their_task_add_nothing() -> None:
    once = clustered_error([[3.0], [5.0], [10.0]])
    assert clustered_error([[3.0] * 10, [5.0] * 10, [10.0] * 10]) == pytest.approx(once)


def test_by_hand() -> None:
    # Mean 5; the clusters' sums of deviations are -4 and 4: sqrt(2 / 1 * (16 + 16)) / 4.
    assert clustered_error([[2.0, 4.0], [6.0, 8.0]]) == pytest.approx(2.0)


def test_one_task_says_nothing_of_others() -> None:
    assert clustered_error([[1.0, 2.0, 3.0]]) is None
    assert clustered_error([[1.0, 2.0], []]) is None
