"""Oxlint as a tool: its findings, and what an answer or the machine cannot change about them."""

from __future__ import annotations

import stat

import pytest

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.ecmascript_lint import SYNTAX, Lint, Oxlint
from pytest_llmbench.scoring.analyzers.ecmascript_weights import OXLINT, OXLINT_OPTIONS

pytestmark = pytest.mark.asyncio

RULES = {"eslint/no-var": (), "eslint/eqeqeq": ("always", {"null": "ignore"})}


def program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def test_gives_rule_line_and_message_in_the_order_of_lines():
    found = await Oxlint(RULES).check("if (a == 1) {}\nvar b = a == null;\n", "javascript")
    assert [(lint.rule, lint.line) for lint in found] == [("eslint/eqeqeq", 1), ("eslint/no-var", 2)]
    assert isinstance(found[0], Lint)


@pytest.mark.parametrize(
    "silence", ["// eslint-disable-line", "/* oxlint-disable */", "// ESLint-Disable-line"]
)
async def test_an_answer_cannot_silence_it(silence):
    found = await Oxlint(RULES).check(f"/* eslint-disable */\nvar b = 1; {silence}\n", "javascript")
    assert [lint.rule for lint in found] == ["eslint/no-var"]


async def test_neither_configuration_nor_environment_has_a_say(tmp_path, monkeypatch):
    (tmp_path / ".oxlintrc.json").write_text('{"rules": {"no-var": "off"}}')
    monkeypatch.chdir(tmp_path)
    assert [lint.rule for lint in await Oxlint(RULES).check("var b = 1;", "javascript")] == ["eslint/no-var"]
    assert [path.name for path in tmp_path.iterdir()] == [".oxlintrc.json"]


async def test_what_does_not_parse_is_a_finding():
    assert (await Oxlint(RULES).check("let a = ", "javascript"))[0].rule == SYNTAX
    assert (await Oxlint(RULES).check("let a: number = 1;", "javascript"))[0].rule == SYNTAX
    assert await Oxlint(RULES).check("let a: number = 1;", "typescript") == ()


async def test_all_rules_that_have_a_weight_are_known_to_it():
    found = await Oxlint({rule: OXLINT_OPTIONS.get(rule, ()) for rule in OXLINT}).check("", "typescript")
    assert found == ()


async def test_a_rule_that_is_not_known_is_an_error_of_ours():
    with pytest.raises(SandboxError, match="oxlint"):
        await Oxlint({"eslint/no-such-rule": ()}).check("let a = 1;", "javascript")


async def test_text_that_is_no_unicode_is_looked_at():
    assert await Oxlint(RULES).check("const a = '\ud800\0';", "javascript") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("echo no such thing >&2; exit 2", "exit code 2: no such thing"),
        ("echo no json", "not what it should be"),
        ("sleep 30", "did not finish within"),
    ],
)
async def test_what_it_fails_at_is_our_failure(tmp_path, text, message):
    oxlint = Oxlint(RULES, binary=program(tmp_path / "oxlint", text), timeout_s=1)
    with pytest.raises(SandboxError, match=message):
        await oxlint.check("let a = 1;", "javascript")


async def test_a_missing_one_is_told(tmp_path):
    with pytest.raises(SandboxError, match="cannot be started"):
        await Oxlint(RULES, binary=str(tmp_path / "none")).check("", "javascript")
