"""The arithmetic of limits: how many at once, and how far apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.completions.pace import Pace
from pytest_llmbench.completions.window import Window


def test_it_begins_with_all_that_is_allowed():
    assert Window(50).size == 50


def test_a_jam_halves_once_however_many_meet_it():
    window = Window(16)
    sent = [window.send() for _ in range(16)]
    for number in sent:
        window.jammed(number)
    assert (window.size, window.jams) == (8, 1)
    window.jammed(window.send())
    assert (window.size, window.jams) == (4, 2)


def test_after_a_refusal_one_goes_first_and_then_half_as_many_as_before():
    window, sizes = Window(16), []
    window.jammed(window.send(), refused=True)
    for _ in range(9):
        sizes.append(window.size)
        window.answered()
    assert sizes == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_a_round_of_answers_adds_one():
    window = Window(16)
    window.jammed(window.send())
    for _ in range(8):
        window.answered()
    assert (window.size, window.jams) == (8, 0)
    window.answered()
    assert window.size == 9


@given(st.integers(1, 500), st.lists(st.sampled_from(["answer", "jam", "refusal"]), max_size=300))
def test_it_keeps_its_bounds(ceiling, met):
    window = Window(ceiling)
    for what in met:
        number = window.send()
        if what == "answer":
            window.answered()
        else:
            window.jammed(number, refused=what == "refusal")
        assert 1 <= window.size <= ceiling


def test_a_second_has_its_share_at_once_and_then_all_goes_evenly():
    pace, now, times = Pace(120), 0.0, []
    for _ in range(120):
        now += pace.wait_s(now)
        pace.take(now, 1)
        times.append(now)
    assert times[:4] == pytest.approx([0, 0, 0, 0.5])
    assert times[-1] == pytest.approx(58.5)


def test_what_was_not_used_is_not_saved_up():
    pace = Pace(60)
    pace.take(0.0, 1)
    assert pace.wait_s(1000.0) == 0
    for _ in range(3):
        pace.take(1000.0, 1)
    assert pace.wait_s(1000.0) == 2
