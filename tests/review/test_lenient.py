"""Reading JSON as models write it: what is meant is read, what is odd is told, nothing crashes."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.review import lenient
from pytest_llmbench.scoring.review.lenient import read_json

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
containers = st.lists(plain_values, max_size=4) | st.dictionaries(st.text(), plain_values, max_size=4)


@given(containers)
def test_what_is_json_is_read_as_json(value: object) -> None:
    assert read_json(json.dumps(value)) == ([value], ())


@given(containers, st.sampled_from(["", "Here's my list: ", "// mine\n", "json "]))
def test_the_same_value_is_read_in_spite_of_trailing_commas(value: object, before: str) -> None:
    text = json.dumps(value, indent=1)
    if text in ("[]", "{}"):
        return
    roots, notes = read_json(f"{before}{text[:-1]},{text[-1]}")
    assert roots == [value]
    assert lenient.TRAILING in notes


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ('[1, // one\n 2 /* two */, # "three"\n 3]', [1, 2, 3], lenient.COMMENTS),
        ('{"a": 1, "b": [2,],}', {"a": 1, "b": [2]}, lenient.TRAILING),
        ("{'a': 'it''}", {"a": "it'"}, lenient.QUOTES),
        ("{line: 3, ok: True}", {"line": 3, "ok": True}, lenient.QUOTES),
        ('{"a": "the "sku" is raw", "b": 1}', {"a": 'the "sku" is raw', "b": 1}, lenient.INNER_QUOTES),
        ('["two\nlines", "a \\d"]', ["two\nlines", "a d"], lenient.ESCAPES),
        ('[{"a": 1} {"a": 2}]', [{"a": 1}, {"a": 2}], lenient.COMMAS),
        ('[{"a": "b', [{"a": "b"}], lenient.UNCLOSED),
        ('[{"a": 1]', [{"a": 1}], lenient.UNCLOSED),
        ('["http://x", "C:/y", "#z", ]', ["http://x", "C:/y", "#z"], lenient.TRAILING),
    ],
)
def test_liberties_are_taken_and_told(text: str, value: object, note: str) -> None:
    roots, notes = read_json(text)
    assert roots == [value]
    assert note in notes


def test_several_lists_are_read_one_after_another() -> None:
    assert read_json("[1]\n[2] and so on {'a': 3}")[0] == [[1], [2], {"a": 3}]


def test_text_without_brackets_holds_nothing() -> None:
    assert read_json("It's fine.") == ([], ())


@given(st.text(alphabet="[]{}:,\"'\\/*#\n 1ae", max_size=300))
def test_any_text_is_read_to_its_end(text: str) -> None:
    roots, notes = read_json(text)
    assert isinstance(roots, list)
    assert len(notes) == len(set(notes))


@pytest.mark.parametrize(
    "piece",
    ["[", "{", '"', "'", '"\\', "/*", "//", "[{", '{"a":', '" "', "'\n", '"   ', ",", "\\u", "[]{}", '"a" '],
)
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        text = "[" + piece * (length // len(piece))
        started = time.process_time()
        read_json(text)
        return time.process_time() - started

    # Eight times the text: quadratic time would be 64 times as long.
    assert seconds(160_000) < 24 * max(seconds(20_000), 0.01)
