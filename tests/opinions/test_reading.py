"""A judge's reply: any usual form is read, and nothing but four scores with reasons is an opinion."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.opinions.reading import MAX_REASON, read_opinion
from pytest_llmbench.scoring.scorecard import AXES


def marks(**changes: Any) -> dict[str, Any]:
    return {**{axis: {"score": 7, "reason": f"As to {axis}."} for axis in AXES}, **changes}


PLAIN = json.dumps(marks())


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"```json\n{PLAIN}\n```",
        f"Here it is, as you've asked:\n\n```\n{PLAIN}\n```\nThat's all.",
        f"I looked at `f(x)`. {PLAIN} It's good.",
        f"<think>First {json.dumps(marks(quality={'score': 1, 'reason': 'no'}))}</think>{PLAIN}",
        json.dumps({"opinion": marks(), "total": 3}),
        f"{PLAIN}\n\nOnce more:\n{PLAIN}",
        PLAIN.replace("}, ", "},\n  // next\n").removesuffix("}") + ",}",
        PLAIN.removesuffix("}"),
    ],
    ids=["plain", "block", "prose", "inline", "thought", "wrapped", "twice", "slips", "unclosed"],
)
def test_it_is_found(text: str) -> None:
    found = read_opinion(Completion(text=text))
    assert found.error is None
    assert set(dict(found.axes).values()) == {7}
    assert found.reasons["edge_cases"] == "As to edge_cases."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the reply is empty"),
        ("Seven of ten, all in all.", "the reply holds no JSON object with the four axes"),
        ('{"score": 7}', "the reply holds no JSON object with the four axes"),
        (
            json.dumps(marks(quality={"score": 0, "reason": "no"})),
            "quality.score: Input should be greater than",
        ),
        (
            json.dumps(marks(quality={"score": 11, "reason": "no"})),
            "quality.score: Input should be less than",
        ),
        (
            json.dumps(marks(quality={"score": "9", "reason": "no"})),
            "quality.score: Input should be a valid number",
        ),
        (
            json.dumps(marks(quality={"score": True, "reason": "no"})),
            "quality.score: Input should be a valid number",
        ),
        (
            json.dumps(marks(quality={"score": float("nan"), "reason": "no"})),
            "quality.score: Input should be",
        ),
        (json.dumps(marks(quality={"score": 9})), "quality.reason: Field required"),
        (
            json.dumps(marks(quality={"score": 9, "reason": ""})),
            "quality.reason: String should have at least 1",
        ),
        (json.dumps(marks(quality=9)), "quality: Input should be"),
        ('{"correctness": {"score": N, "reason": "…"}}', "correctness.score: Input should be a valid number"),
        (PLAIN + json.dumps(marks(quality={"score": 1, "reason": "x"})), "the reply holds several opinions"),
    ],
)
def test_anything_else_is_none(text: str, said: str) -> None:
    found = read_opinion(Completion(text=text))
    assert (found.error or "").startswith(said)
    assert set(dict(found.axes).values()) == {None}


def test_a_reply_that_is_cut_off_says_so_and_a_number_in_its_middle_does_not_count() -> None:
    cut = PLAIN.replace('"edge_cases": {"score": 7', '"edge_cases": {"score": 10')
    cut = cut[: cut.index('"edge_cases": {"score": 1') + len('"edge_cases": {"score": 1')]
    found = read_opinion(Completion(text=cut, finish_reason="length"))
    assert found.error == "edge_cases.reason: Field required, and the reply was cut off"


def test_a_refusal_is_the_apis_word() -> None:
    assert read_opinion(Completion(text=PLAIN, finish_reason="content_filter")).error == "the judge refused"


def test_reasons_are_short() -> None:
    found = read_opinion(Completion(text=json.dumps(marks(quality={"score": 5.5, "reason": " a" * 9999}))))
    assert found.axes.quality == 5.5
    assert len(found.reasons["quality"]) == MAX_REASON


@settings(deadline=None)
@given(
    st.text()
    | st.lists(st.sampled_from([PLAIN, "```json\n", "\n```\n", "{", "}", '"', "'", "[", "<think>"])).map(
        "".join
    )
)
def test_any_text_is_read(text: str) -> None:
    found = read_opinion(Completion(text=text))
    assert (found.error is None) == (found.axes.correctness is not None)
