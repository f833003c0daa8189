"""Medians and means of numbers of which some are unknown."""

from __future__ import annotations

import pytest

from pytest_llmbench.statistics.centre import mean, median


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0, 1.0, 2.0], 2.0),
        ([4.0, 1.0], 2.5),
        ([7.0], 7.0),
        ([None, 5.0, None], 5.0),
        ([], None),
        ([None], None),
    ],
)
def test_median_is_of_the_known_values(values: list[float | None], expected: float | None) -> None:
    assert median(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"), [([1.0, 2.0, 6.0], 3.0), ([None, 4.0], 4.0), ([], None), ([None, None], None)]
)
def test_mean_is_of_the_known_values(values: list[float | None], expected: float | None) -> None:
    assert mean(values) == expected


def test_mean_of_tenths_is_not_off_by_rounding() -> None:
    assert mean([0.1] * 10) == 0.1
