from __future__ import annotations

import pytest

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.answers.extract import extract
from pytest_llmbench.scoring.form import form_fault

PROMPT = "Mend this:\n\n```python\ndef twice(x):\n    y = x\n    return x + x + y\n```\n"
ONE = "```python\ndef twice(x):\n    return 2 * x\n```\n"
OTHER = "```python\ndef twice(x):\n    return x + x\n```\n"
QUOTED = "```python\ndef twice(x):\n    y = x\n    return x + x + y\n```\n"
USE = "```python\nprint(twice(4))\n```\n"


def fault(reply):
    return form_fault(extract(reply, language="python", names=("twice",)), "python", ("twice",), PROMPT)


@pytest.mark.parametrize(
    "reply",
    [
        ONE,
        f"Use it like this:\n\n{ONE}\n{USE}",
        f"You wrote:\n\n{QUOTED}\nBetter:\n\n{ONE}",
        f"{ONE}\nOnce more, for copying:\n\n{ONE}",
        ONE.replace("python", ""),
        ONE.replace("```python", "~~~py").replace("```", "~~~"),
    ],
    ids=["one", "with a use", "with the prompt's code", "the same twice", "untagged", "tildes"],
)
def test_one_program_in_one_block_is_as_asked(reply):
    assert fault(reply) is None


def test_code_in_no_block():
    assert fault("def twice(x):\n    return 2 * x\n") == "the code stands in no code block"


def test_several_versions():
    assert "2 complete versions" in (fault(f"First:\n\n{ONE}\nOr:\n\n{OTHER}") or "")


def test_code_in_pieces():
    parts = "```python\nLIMIT = 4\n```\nand\n```python\ndef twice(x):\n    return min(LIMIT, 2 * x)\n```\n"
    assert fault(parts) == "the code is spread over several code blocks"


def test_a_solution_and_a_reply_without_code_have_no_form():
    assert form_fault(Answer(code="x = 1\n", found="given"), "python", ("x",), "") is None
    assert fault("I would rather not.") is None
