"""A suite's own caps and costs, in the weights of each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_llmbench.scoring.analyzers import ecmascript_weights, go_weights, weights
from pytest_llmbench.scoring.analyzers.own_costs import OwnCosts
from pytest_llmbench.scoring.analyzers.rule_names import DOCUMENTATION, GROUPS, RULES, check_rule
from pytest_llmbench.scoring.analyzers.tally import bounded
from pytest_llmbench.scoring.scorecard import Finding

PYTHON = weights.DEFAULT_WEIGHTS
ECMASCRIPT = ecmascript_weights.DEFAULT_WEIGHTS
GO = go_weights.DEFAULT_GO_WEIGHTS


@pytest.mark.parametrize("language", [PYTHON, ECMASCRIPT, GO])
def test_a_rule_of_all_languages_is_set_in_each(language):
    own = language.with_own(OwnCosts(caps={"ruler": 0.0, "padding": 1.5}, costs={"long-function": 3.0}))
    assert own.of("ruler").cap == 0
    assert own.group_caps["padding"] == 1.5
    assert (own.of("long-function").points, own.of("long-function").cap) == (3, 3)
    assert own.of("deep-nesting") == language.of("deep-nesting")
    assert language.with_own(OwnCosts()) == language


def test_a_rule_of_a_tool_is_set_by_itself_or_with_all_that_have_no_weight():
    own = PYTHON.with_own(OwnCosts(caps={"UP": 0.1, "ty": 0.2, "F": 3.0}, costs={"UP006": 0.4}))
    assert (own.of("UP035").cap, own.of("UP006").cap, own.of("UP006").points) == (0.1, 0.5, 0.4)
    assert own.of("ty:invalid-return-type").cap == 0.2
    assert (own.of("F632").cap, own.of("F401").cap) == (3, PYTHON.of("F401").cap)
    go = GO.with_own(OwnCosts(caps={"vet": 0.1, "vet:copylocks": 1.0}))
    assert (go.of("vet:printf").cap, go.of("vet:copylocks").cap) == (0.1, 1)
    oxlint = ECMASCRIPT.with_own(OwnCosts(costs={"eslint/no-var": 0.0}))
    assert oxlint.of("eslint/no-var").points == 0


def test_a_rule_has_one_name_and_a_group_another():
    assert not GROUPS & RULES
    assert not DOCUMENTATION & (RULES | GROUPS)
    for name in (*RULES, "UP006", "PLR1714"):
        check_rule(name, for_cap=False)
    for name in GROUPS | DOCUMENTATION:
        check_rule(name, for_cap=True)


def test_what_documentation_lacks_costs_at_most_its_cap():
    lacking = [
        Finding(axis="documentation", rule=rule, line=line, points=-points, message="…")
        for line, (rule, points) in enumerate([("doc-what", 1.5), ("doc-params", 0.7), ("doc-what", 1.5)])
    ]
    assert [f.points for f in bounded(lacking, {"doc-what": 2.0})] == [-1.5, -0.7, -0.5]
    assert bounded(lacking, {}) == tuple(lacking)


@pytest.mark.parametrize("module", ["documentation", "go_docs"])
def test_all_of_them_are_known(module):
    source = Path(weights.__file__).with_name(f"{module}.py").read_text("utf-8")
    named = set(re.findall(r'(?:rule=|_finding\(|due\.append\(\s*\()"([a-z-]+)"', source))
    assert named
    assert named <= DOCUMENTATION
