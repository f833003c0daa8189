"""The gate: red, green or inconclusive, and why."""

from __future__ import annotations

import random

import pytest
from made_up_pairs import run_of

from pytest_llmbench.comparison.compare import compare
from pytest_llmbench.comparison.gate import GateResult, apply_gate
from pytest_llmbench.comparison.rules import parse_rule
from pytest_llmbench.comparison.text import gate_lines
from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.numbers import MINUS

GOOD = [9.0, 8.5, 9.2, 8.8, 9.1, 8.7, 9.0, 8.9]
BAD = [4.0, 3.5, 4.2, 3.8, 4.1, 3.7, 4.0, 3.9]
Totals = dict[str, list[float | None]]


def gate(before: Totals, after: Totals, *rules: str) -> GateResult:
    old, new = run_of({"m": before}), run_of({"m": after})
    return apply_gate(compare(old, new), [parse_rule(rule) for rule in rules], [*before, *after])


def test_a_drop_as_large_as_the_rule_says_is_red_and_says_from_what_to_what() -> None:
    result = gate({"a": GOOD, "b": GOOD}, {"a": GOOD, "b": BAD}, "score:0.5")
    assert result.outcome == "red"
    (line,) = gate_lines(result)[1:]
    assert line.startswith(f"  red (score:0.5): m: score 8.90 → 6.40 ({MINUS}2.50, 95 % {MINUS}")
    assert "p < 0.001" in line


def test_a_smaller_drop_is_green_however_sure_it_is() -> None:
    assert gate({"a": GOOD, "b": GOOD}, {"a": GOOD, "b": BAD}, "score:3").outcome == "green"


def test_a_drop_that_chance_would_make_too_is_green_and_says_so() -> None:
    result = gate({"a": [9.0, 5.0, 9.0, 4.0, 9.0, 9.0]}, {"a": [9.0, 3.0, 9.0, 4.0, 5.0, 9.0]}, "score:0.5")
    assert result.outcome == "green"
    assert "chance would do that too" in result.rulings[0].text


def test_the_same_run_is_green() -> None:
    assert gate({"a": GOOD}, {"a": GOOD}, "score:0", "cost:0%", "latency:0").outcome == "green"


def test_a_rise_is_green() -> None:
    assert gate({"a": BAD}, {"a": GOOD}, "score:0").outcome == "green"


def test_one_task_alone() -> None:
    before, after = {"a": GOOD, "b": GOOD}, {"a": GOOD, "b": BAD}
    assert gate(before, after, "a/score:1").outcome == "green"
    result = gate(before, after, "b/score:1")
    assert result.outcome == "red"
    assert result.rulings[0].text.startswith("m on b: score 8.90 → 3.90")


def test_percent_of_what_it_was() -> None:
    before, after = {"a": GOOD}, {"a": [value - 1 for value in GOOD]}
    assert gate(before, after, "correctness:11%").outcome == "red"
    assert gate(before, after, "correctness:12%").outcome == "green"


def test_what_the_api_lost_makes_it_inconclusive_not_red() -> None:
    result = gate({"a": GOOD}, {"a": [*BAD[:-1], None]}, "score:0.5")
    assert result.outcome == "inconclusive"
    assert "1 sample could not be judged (0 before, 1 now)" in result.rulings[0].text
    assert gate({"a": [*GOOD[:-1], None]}, {"a": BAD}, "score:0.5").outcome == "inconclusive"


def test_a_red_rule_is_red_beside_an_inconclusive_one() -> None:
    before, after = {"a": GOOD, "b": GOOD}, {"a": BAD, "b": [*GOOD[:-1], None]}
    assert gate(before, after, "a/score:1", "b/score:1").outcome == "red"


def test_too_few_samples_are_inconclusive() -> None:
    result = gate({"a": [9.0]}, {"a": [1.0]}, "score:0.5")
    assert result.outcome == "inconclusive"
    assert "one sample says nothing" in result.rulings[0].text


def test_nothing_alike_is_inconclusive() -> None:
    old, new = run_of({"m": {"a": GOOD}}), run_of({"m": {"a": GOOD}}, hashes={"a": "x"})
    result = apply_gate(compare(old, new), [parse_rule("score:0.5")], ["a"])
    assert result.outcome == "inconclusive"
    assert "its checks changed" in result.rulings[0].text


def test_a_task_that_was_left_out_is_inconclusive() -> None:
    totals = {"m": {"a": GOOD, "b": GOOD}}
    comparison = compare(run_of(totals), run_of(totals, hashes={"b": "x"}))
    result = apply_gate(comparison, [parse_rule("b/score:1")], ["a", "b"])
    assert result.outcome == "inconclusive"


def test_a_task_that_nobody_has_is_the_user_s_mistake() -> None:
    with pytest.raises(UsageError, match="no task flaten; there are flatten"):
        gate({"flatten": GOOD}, {"flatten": GOOD}, "flaten/score:1")


def test_a_longer_gate_raises_no_more_false_alarms() -> None:
    """Equal models; nine rules, of which five are of the score's kind and move independently here."""
    rng = random.Random(4)
    red = 0
    for _ in range(60):
        before, after = ({t: [rng.choice([9.0, 7.0, 5.0]) for _ in range(6)] for t in "abcde"} for _ in "12")
        red += gate(before, after, *(f"{task}/score:0" for task in "abcde")).outcome == "red"
    assert red <= 6


@pytest.mark.slow
def test_equal_models_are_red_at_most_once_in_ten() -> None:
    """200 comparisons of equal models, on five tasks of ten samples, with a rule that any drop breaks."""
    rng = random.Random(20261123)
    pool = [9.7, 9.6, 9.3, 9.0, 8.9, 8.1, 7.9, 7.1, 6.5, 4.7]
    red = 0
    for _ in range(200):
        before, after = ({task: rng.choices(pool, k=10) for task in "abcde"} for _ in "12")
        red += gate(before, after, "score:0").outcome == "red"
    assert red <= 20
