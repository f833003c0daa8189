"""Which expected values a prompt gives away: only what it shows as a value of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.lint_literals import _squeezed, _stands_in, expected_in_prompt


async def body(candidate, score):
    with score.correctness("flattens"):
        assert await candidate.call("flatten", [1, [2, [3]]]) == [1, 2, 3]
        assert await candidate.call("flatten", [7, [8]]) == [7, 8], "[9, 9] is no expectation"
    with score.correctness("says so"):
        assert "not found" in (await candidate.call("say", "x y"))
        assert (await candidate.call("count", "many")) == 86400
        assert (await candidate.call("state"))["state"] == "fulfilled"
    with score.edge_case("edges"):
        assert await candidate.call("word") == "olleh"
        assert (await candidate.call("a"), await candidate.call("b")) == (
            pytest.approx(3.14159),
            {"k": [1, 2]},
        )
        assert await candidate.call("none") is None
        assert await candidate.call("far") != 99999


def values(prompt: str) -> list[object]:
    return [found.value for found in expected_in_prompt(body, prompt)]


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("Flatten a list.", []),
        ("flatten([1, [2, [3]]]) gives [1, 2, 3].", [[1, 2, 3]]),
        ("so that it gives `[1,2,\n3]`", [[1, 2, 3]]),
        ("flatten([1, 2, 3]) gives what it got", []),  # an argument
        ("gives [[1, 2, 3], 4]", []),  # a part of more
        ('the answer is {"k": [1, 2]}', [{"k": [1, 2]}]),
        ("It says: not found.", ["not found"]),
        ("It says: cannot foundry.", []),
        ("A day has 86400 seconds", [86400]),
        ("A day has 864001 seconds, or 1.86400", []),
        ("about 3.14159", [3.14159]),
        ("reverse('hello') is 'olleh'", ["olleh"]),
        ("olleh is a word", []),
        ('{"olleh": 1}', []),
        ('states are "fulfilled" and "rejected"', []),
        ("None, 99999 and [9, 9]", []),
    ],
)
def test_what_is_found(prompt: str, found: list[object]) -> None:
    assert values(prompt) == found


def test_the_line_is_the_file_s() -> None:
    (found,) = expected_in_prompt(body, "so: [7, 8]")
    lines = Path(__file__).read_text().splitlines()
    assert "== [7, 8]" in lines[found.line - 1]


@given(st.lists(st.integers(0, 9) | st.text("abc ", max_size=4), min_size=2, max_size=5))
def test_a_list_is_found_however_it_is_spaced(value: list[object]) -> None:
    for text in (repr(value), json.dumps(value), json.dumps(value, indent=2)):
        prompt = f"gives {text} always"
        assert _stands_in(value, prompt, _squeezed(prompt))


@given(st.text(max_size=40), st.none() | st.booleans() | st.integers(0, 999) | st.text(max_size=1))
def test_what_is_trivial_is_never_found(prompt: str, value: object) -> None:
    assert not _stands_in(value, f"{prompt} {value!r}", _squeezed(f"{prompt} {value!r}"))
