from __future__ import annotations

import asyncio

import pytest

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.python import PythonAnalyzer
from pytest_llmbench.scoring.analyzers.ty import Ty


def codes(code):
    return [(lint.line, lint.code) for lint in asyncio.run(Ty().check(code))]


def test_errors_of_types_are_told_by_their_lines():
    assert codes("def f(a: int) -> int:\n    return a\n\n\nf('x')\n") == [(5, "ty:invalid-argument-type")]


def test_an_answer_cannot_silence_it():
    assert codes("x: int = 'a'  # type: ignore\n") == [(1, "ty:invalid-assignment")]


def test_no_installed_package_is_seen():
    assert codes("import pydantic\n") == [(1, "ty:import-not-found")]


def test_unusual_text_is_no_failure():
    assert codes("") == []
    assert isinstance(codes("\x00\udcff = 1\n"), list)


def test_a_missing_binary_is_our_failure():
    with pytest.raises(SandboxError, match="ty cannot be started"):
        asyncio.run(Ty(binary="/nonexistent/ty").check("x = 1\n"))


def test_another_reply_is_our_failure(tmp_path):
    fake = tmp_path / "ty"
    fake.write_text("#!/bin/sh\necho '[{}]'\n")
    fake.chmod(0o755)
    with pytest.raises(SandboxError, match="not what it should be"):
        asyncio.run(Ty(binary=str(fake)).check("x = 1\n"))


def test_what_it_finds_costs_quality_and_unknown_packages_do_not():
    code = "import unheard_of\n\n\ndef f(a: int) -> int:\n    return str(unheard_of.g(a))\n"
    analysis = asyncio.run(PythonAnalyzer().analyze(Answer(code=code, found="given")))
    found = [f.rule for f in analysis.findings if f.rule.startswith("ty:")]
    assert found == ["ty:invalid-explicit-return"]
