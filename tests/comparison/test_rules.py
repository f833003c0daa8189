"""The gate's rules as users write them, and what is said of those that are none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.comparison.measures import BY_NAME
from pytest_llmbench.comparison.rules import Rule, parse_rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("score:0.5", Rule(measure="score", amount=0.5)),
        ("correctness:10%", Rule(measure="correctness", amount=10, percent=True)),
        (" cost : 20 % ", Rule(measure="cost", amount=20, percent=True)),
        ("flatten/score:1", Rule(task="flatten", measure="score", amount=1)),
        ("backend/flatten/edge-cases:1", Rule(task="backend/flatten", measure="edge_cases", amount=1)),
        ("score:0", Rule(measure="score", amount=0)),
    ],
)
def test_what_is_a_rule(text: str, rule: Rule) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("score", "a rule is [TASK/]MEASURE:AMOUNT[%]"),
        ("", "a rule is"),
        ("/score:1", "a rule is"),
        ("scores:1", "no measure 'scores'; did you mean 'score'?"),
        ("beauty:1", "no measure 'beauty'; one of score, correctness, quality"),
        ("score:", "'' is not a number of at least 0"),
        ("score:-1", "'-1' is not a number of at least 0"),
        ("score:nan", "'nan' is not a number"),
        ("score:inf", "'inf' is not a number"),
        ("cost:x%", "'x%' is not a percentage of at least 0"),
        ("score:1:2", "'1:2' is not a number"),
    ],
)
def test_what_is_none(text: str, told: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(repr(text))) as caught:
        parse_rule(text)
    assert told in str(caught.value)


_rules = st.builds(
    Rule,
    task=st.none() | st.from_regex(r"[a-z_]{1,9}(/[a-z_]{1,9})?", fullmatch=True),
    measure=st.sampled_from(sorted(BY_NAME)),
    amount=st.integers(0, 999).map(lambda number: number / 10),
    percent=st.booleans(),
)


@given(_rules)
def test_a_rule_is_written_as_it_is_read(rule: Rule) -> None:
    assert parse_rule(str(rule)) == rule


@given(st.text(max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    rule, told = None, ""
    try:
        rule = parse_rule(text)
    except ValueError as error:
        told = str(error)
    assert (rule is not None and rule.measure in BY_NAME and rule.amount >= 0) or repr(text) in told


def test_what_a_percentage_is_of() -> None:
    assert parse_rule("score:10%").limit(8) == pytest.approx(0.8)
    assert parse_rule("cost:20%").limit(0.01) == pytest.approx(0.002)
    assert parse_rule("truncation:10%").limit(0.4) == pytest.approx(0.1)
    assert parse_rule("score:0.5").limit(8) == 0.5
