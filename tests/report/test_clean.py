"""Text that others made is shown, not obeyed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.report.clean import clean, one_line

EVERY_CHARACTER = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("a\x00b\x07\x08\x7f", "a␀b␇␈␡"),
        ("a\u202eb\u2066c", "a[U+202E]b[U+2066]c"),
        ("\ufeffx\u200by", "[U+FEFF]x[U+200B]y"),
        ("\x9b31m", "[U+009B]31m"),
        ("one\r\ntwo\rthree\tfour\n", "one\ntwo␍three\tfour\n"),
        ("\ud800", "[U+D800]"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("naïve 漢字 👍🏽 é", "naïve 漢字 👍🏽 é"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(EVERY_CHARACTER)
def test_nothing_is_left_that_controls(text: str) -> None:
    cleaned = clean(text)
    assert not {c for c in cleaned if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c not in "\n\t"}
    assert not {c for c in cleaned if unicodedata.bidirectional(c) in
                {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}}  # fmt: skip
    cleaned.encode()


@given(EVERY_CHARACTER)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(EVERY_CHARACTER, st.integers(min_value=1, max_value=50))
def test_one_line_is_one_line_of_its_length(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line.splitlines()) <= 1
    assert len(line) <= limit


def test_one_line_says_that_something_is_missing() -> None:
    assert one_line("a  b\n c", 10) == "a b c"
    assert one_line("abcdefgh", 5) == "abcd…"
    assert one_line(" " * 100 + "x", 5) == "…"


def test_a_megabyte_is_shortened_at_once() -> None:
    assert one_line("\x1b" * 1_000_000, 20) == "␛" * 19 + "…"
