"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from pytest_llmbench.report.numbers import (
    MINUS,
    UNKNOWN,
    count,
    decimals,
    dollars,
    fixed,
    listed,
    seconds,
    signed,
    small,
    span,
)


@pytest.mark.parametrize("write", [fixed, signed, small, dollars, seconds])
@pytest.mark.parametrize("number", [None, math.nan, math.inf])
def test_what_is_unknown_is_a_dash(write: object, number: float | None) -> None:
    assert callable(write)
    assert write(number) == UNKNOWN


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [(8.649, 1, "8.6"), (4142.9, 0, "4,143"), (-1.5, 1, f"{MINUS}1.5"), (-0.01, 1, "0.0"), (0.0, 1, "0.0")],
)
def test_fixed(number: float, digits: int, text: str) -> None:
    assert fixed(number, digits) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0.7, "+0.7"), (-0.7, f"{MINUS}0.7"), (0.04, "0.0"), (-0.04, "0.0")]
)
def test_signed_gives_no_sign_to_what_rounds_to_nothing(number: float, text: str) -> None:
    assert signed(number) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (2.5, "$2.50"),
        (0.25, "$0.25"),
        (0.0021, "$0.0021"),
        (0.0, "$0.00"),
        (1234.5, "$1,234.50"),
        (3e-12, "$0.00000000"),
    ],
)
def test_dollars_have_two_digits_that_say_something(amount: float, text: str) -> None:
    assert dollars(amount) == text


@pytest.mark.parametrize(
    ("time", "text"),
    [(0.04, "0.0 s"), (41.23, "41.2 s"), (751.4, "12 min 31 s"), (7260.0, "2 h 1 min")],
)
def test_seconds(time: float, text: str) -> None:
    assert seconds(time) == text


@pytest.mark.parametrize(
    ("amounts", "expected"), [([0.19, 0.0018], 4), ([2.5, None], 2), ([], 2), ([0.0], 2), ([1e-12], 6)]
)
def test_a_column_has_the_decimals_that_its_smallest_needs(
    amounts: list[float | None], expected: int
) -> None:
    assert decimals(amounts) == expected


def test_words() -> None:
    assert span((8.2, 9.1)) == "8.2\u20139.1"
    assert span(None) == UNKNOWN
    assert [count(1, "task"), count(0, "task"), count(1200, "reply", "replies")] == [
        "1 task",
        "0 tasks",
        "1,200 replies",
    ]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
