from __future__ import annotations

import stat

import pytest

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.ruff import Lint, Ruff

pytestmark = pytest.mark.asyncio


def program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def test_gives_rule_line_and_message_in_the_order_of_lines():
    found = await Ruff(select=["E711", "F401"]).check("x = None\nif x == None:\n    import os\n")
    assert [(lint.code, lint.line) for lint in found] == [("E711", 2), ("F401", 3)]
    assert found[1] == Lint(code="F401", line=3, message="`os` imported but unused")


async def test_an_answer_cannot_silence_it():
    code = "# ruff: noqa\nimport os  # noqa: F401\n"
    assert [lint.code for lint in await Ruff(select=["F401"]).check(code)] == ["F401"]


async def test_neither_configuration_nor_environment_has_a_say(tmp_path, monkeypatch):
    (tmp_path / "ruff.toml").write_text('lint.ignore = ["F401"]')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUFF_OUTPUT_FILE", str(tmp_path / "away"))
    assert [lint.code for lint in await Ruff(select=["F401"]).check("import os\n")] == ["F401"]
    assert [path.name for path in tmp_path.iterdir()] == ["ruff.toml"]


async def test_what_does_not_parse_is_a_finding():
    found = await Ruff(select=["F"]).check("def f(:\n")
    assert found[0].code == "invalid-syntax"


async def test_newer_syntax_is_no_error():
    assert await Ruff(select=["F"]).check("type A[T] = list[T]\n\n\ndef f[T](x: A[T]) -> T: ...\n") == ()


async def test_a_setting_is_handed_over():
    lines = "x = 1" + "  # a" * 20 + "\n"
    assert await Ruff(select=["E501"], settings=["line-length = 200"]).check(lines) == ()
    assert await Ruff(select=["E501"]).check(lines) != ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cat >/dev/null; echo no such rule >&2; exit 2", "exit code 2: no such rule"),
        ("cat >/dev/null; echo '{}'", "not what it should be"),
        ("cat >/dev/null; kill -9 $$", "exit code -9"),
        ("exec sleep 60", r"did not finish within 0\.2 s"),
    ],
)
async def test_its_own_failure_is_ours(tmp_path, text, message):
    ruff = Ruff(
        select=["F"], binary=program(tmp_path / "ruff", text), timeout_s=0.2 if "sleep" in text else 30
    )
    with pytest.raises(SandboxError, match=message):
        await ruff.check("x = 1\n")


async def test_a_missing_program_is_ours(tmp_path):
    with pytest.raises(SandboxError, match="cannot be started"):
        await Ruff(select=["F"], binary=str(tmp_path / "none")).check("x = 1\n")
