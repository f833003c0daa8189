from __future__ import annotations

import asyncio

import pytest

from pytest_llmbench.scoring.analyzers.ruff import Ruff
from pytest_llmbench.scoring.analyzers.weights import DEFAULT_WEIGHTS, Weights

ALL = {**DEFAULT_WEIGHTS.ruff, **DEFAULT_WEIGHTS.rules}


@pytest.mark.parametrize("rule", sorted(ALL))
def test_each_weight_has_a_reason_and_a_cap_that_lets_it_count(rule):
    weight = ALL[rule]
    assert weight.why
    assert weight.cap >= weight.points > 0
    assert weight.group is None or weight.group in DEFAULT_WEIGHTS.group_caps


def test_the_longest_prefix_decides():
    assert DEFAULT_WEIGHTS.of("F401") == DEFAULT_WEIGHTS.ruff["F401"]
    assert DEFAULT_WEIGHTS.of("F632") == DEFAULT_WEIGHTS.ruff["F"]
    assert DEFAULT_WEIGHTS.of("D103") is None
    assert DEFAULT_WEIGHTS.of("detour") == DEFAULT_WEIGHTS.rules["detour"]


def test_ruff_knows_every_rule_and_setting():
    weights = DEFAULT_WEIGHTS
    ruff = Ruff(select=tuple(weights.ruff), ignore=weights.ruff_left_out, settings=weights.ruff_settings)
    assert asyncio.run(ruff.check("x = 1\n")) == ()


def test_a_suite_can_have_its_own():
    own = Weights(rules={**DEFAULT_WEIGHTS.rules, "detour": DEFAULT_WEIGHTS.rules["ruler"]})
    assert own.of("detour") == DEFAULT_WEIGHTS.rules["ruler"]


def test_documentation_has_ten_points_from_one():
    weights = DEFAULT_WEIGHTS.documentation
    assert weights.names + weights.module == 9
