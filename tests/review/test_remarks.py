"""From a reply's JSON blocks to remarks: many shapes, one meaning."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.review import remarks as module
from pytest_llmbench.scoring.review.remarks import MAX_FIELD, MAX_REMARKS, Remark, read_remarks

RACE: dict[str, Any] = {"line": 100, "severity": "high", "title": "race", "why": "no lock", "fix": "lock it"}
LEAK: dict[str, Any] = {"line": 73, "severity": "low", "title": "leak", "why": "not closed", "fix": "close"}
RACE_REMARK = Remark(
    number=1, first=100, last=100, severity="high", title="race", why="no lock", fix="lock it"
)


def test_a_list_as_it_was_asked_for() -> None:
    found = read_remarks([json.dumps([RACE, LEAK])])
    assert found.items[0] == RACE_REMARK
    assert (found.items[1].number, found.items[1].first) == (2, 73)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("given", "note"),
    [
        (RACE, None),
        ({"findings": [RACE]}, module.WRAPPED),
        ({"review": {"findings": [RACE]}}, module.WRAPPED),
        (
            [{"Line": 100, "Severity": "high", "issue": "race", "reason": "no lock", "solution": "lock it"}],
            module.RENAMED,
        ),
        ([{**RACE, "line": "100"}], module.ODD_LINE),
        ([{**RACE, "line": "L100"}], module.ODD_LINE),
        ([{**RACE, "line": "service.go:100"}], module.ODD_LINE),
        ([{**RACE, "line": 100.0}], module.ODD_LINE),
        ([RACE, RACE], module.REPEATED),
        ([{**RACE, "fix": ["lock it"]}], None),
        ([RACE, {"price": 1.5}, "text", None], None),
    ],
)
def test_other_shapes_mean_the_same(given: object, note: str | None) -> None:
    found = read_remarks([json.dumps(given)])
    assert found.items == (RACE_REMARK,)
    assert found.notes == (() if note is None else (note,))


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("12-15", 12, 15),
        ("lines 12 to 15", 12, 15),
        ("12\N{EN DASH}15", 12, 15),
        ([15, 12], 12, 15),
        ("1-166", 1, 1),
        ("unknown", None, None),
        (True, None, None),
        (None, None, None),
        (-3, -3, -3),
        (10**30, None, None),
        (1e300, None, None),
        ({"a": 1}, None, None),
    ],
)
def test_lines_in_other_forms(line: object, first: int | None, last: int | None) -> None:
    (remark,) = read_remarks([json.dumps([{**RACE, "line": line}])]).items
    assert (remark.first, remark.last) == (first, last)


def test_severities_as_keys() -> None:
    found = read_remarks([json.dumps({"high": [RACE], "low": [LEAK]})])
    assert [remark.title for remark in found.items] == ["race", "leak"]


def test_blocks_are_joined() -> None:
    found = read_remarks([json.dumps(RACE), '{"price": 1}', json.dumps([LEAK, RACE])])
    assert [remark.title for remark in found.items] == ["race", "leak"]
    assert found.notes == (module.REPEATED, module.SEVERAL)


def test_a_list_without_a_block() -> None:
    found = read_remarks([], f"Here's what I found [see below]:\n{json.dumps([RACE])}\nThat's all.")
    assert found.items == (RACE_REMARK,)
    assert found.notes == (module.BARE,)


def test_prose_is_not_looked_at_where_a_block_has_remarks() -> None:
    assert len(read_remarks([json.dumps([RACE])], json.dumps([LEAK])).items) == 1


def test_sizes_are_bounded() -> None:
    many = [{**RACE, "title": f"race {number}", "why": "x" * 10_000} for number in range(1000)]
    found = read_remarks([json.dumps(many)[:900_000]])
    assert 0 < len(found.items) <= MAX_REMARKS
    assert all(len(remark.why) <= MAX_FIELD for remark in found.items)


def test_half_characters_are_replaced() -> None:
    (remark,) = read_remarks(['[{"line": 1, "title": "a\\ud83d b", "why": "\\ud83d\\ude00"}]']).items
    assert (remark.title, remark.why) == ("a\N{REPLACEMENT CHARACTER} b", "\N{GRINNING FACE}")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["line", "title", "why", "fix", "findings"]) | st.text(), inner, max_size=5
        )
    ),
    max_leaves=30,
)


@given(st.lists(anything.map(json.dumps) | st.text(), max_size=3), st.text())
def test_no_reply_crashes(blocks: list[str], prose: str) -> None:
    found = read_remarks(blocks, prose)
    assert [remark.number for remark in found.items] == list(range(1, len(found.items) + 1))
    for remark in found.items:
        assert (remark.first is None) == (remark.last is None)
        f"{remark.title}{remark.why}{remark.fix}".encode()
