"""Cells of a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.report.columns import cut, measure, pad, wrap

LETTERS = st.text("ab 漢🏆e\u0301", max_size=40)


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("🥇", 2), ("🏆 34.8", 7), ("漢字", 4), ("e\u0301", 1), ("\uff21", 2)],
)
def test_measure_counts_cells(text: str, cells: int) -> None:
    assert measure(text) == cells


@given(LETTERS, st.integers(min_value=1, max_value=20))
def test_a_text_that_is_cut_fits(text: str, cells: int) -> None:
    assert measure(cut(text, cells)) <= cells
    assert cut(text, measure(text)) == text


@given(LETTERS, st.integers(min_value=40, max_value=99), st.booleans())
def test_a_text_that_is_padded_fills_its_column(text: str, cells: int, right: bool) -> None:
    assert measure(pad(text, 2 * cells, right=right)) == 2 * cells
    assert pad(text, 2 * cells, right=right).strip() == text.strip()


@given(st.lists(st.text("ab漢", min_size=1, max_size=30)), st.integers(min_value=8, max_value=40))
def test_lines_that_are_wrapped_fit(words: list[str], cells: int) -> None:
    lines = wrap(" ".join(words), cells, "  ")
    assert all(measure(line) <= cells for line in lines)
    assert all(line.startswith("  ") for line in lines[1:])
    assert len(" ".join(lines).split()) == len(words)
