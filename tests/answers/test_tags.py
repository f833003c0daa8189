from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.answers.answer import Answer, Block
from pytest_llmbench.answers.tags import blocks_of, language_of


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("", ""),
        ("python", "python"),
        ("Python3", "python"),
        ("python3.12", "python"),
        ("py", "python"),
        (' python title="x.py"', "python"),
        ("{.python}", "python"),
        ("{ .python .numberLines }", "python"),
        ("{python}", "python"),
        ("python:flatten.py", "python"),
        ("python,linenos", "python"),
        ("flatten.py", "python"),
        ("language-python", "python"),
        ("js", "javascript"),
        ("mjs", "javascript"),
        ("javascript", "javascript"),
        ("JavaScript", "javascript"),
        ("node", "javascript"),
        ("js{1,3}", "javascript"),
        ("src/report.mjs", "javascript"),
        ("ts", "typescript"),
        ("typescript", "typescript"),
        ("tsx", "typescript"),
        ("go", "go"),
        ("golang", "go"),
        ("json", "json"),
        ("jsonc", "json"),
        ("sh", "bash"),
        ("shell", "bash"),
        ("bash", "bash"),
        ("md", "markdown"),
        ("C++", "c++"),
        ("text", "text"),
        ("pythonic", "pythonic"),
        (".py", "python"),
    ],
)
def test_info_strings(info, language):
    assert language_of(info) == language


@given(st.text())
def test_any_info_string_has_a_language_in_lower_case(info):
    language = language_of(info)
    assert language == language.lower()
    assert not any(character.isspace() for character in language)


@given(st.sampled_from(["python", "javascript", "typescript", "go", "json", "bash", "markdown"]))
def test_a_canonical_name_stays_itself(language):
    assert language_of(language) == language


def test_blocks_are_found_by_any_name_of_their_language():
    blocks = (Block(language="javascript", code="1", line=2), Block(language="json", code="2", line=6))
    answer = Answer(code="1", found="tagged_fence", blocks=blocks)
    assert blocks_of(answer, "mjs") == blocks[:1]
    assert blocks_of(answer, "JSON") == blocks[1:]
    assert blocks_of(answer, "go") == ()
