"""Whether a reply gives its code in the form that was asked for: one whole program in one code block.

Code that has to be picked out of the prose, put together from pieces, or chosen among several complete
versions, is judged as it was found all the same; what a task makes of it is the author's to say.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llmbench.answers.answer import Answer, Block
from pytest_llmbench.answers.names import survey
from pytest_llmbench.tasks.language import Language

QUOTED = 0.8
"""The share of a block's lines that stand in the prompt, from which on it is a quotation and no version."""

MOST_SURVEYED = 50
"""Blocks that are looked at, from the last."""


def form_fault(answer: Answer, language: Language, names: Sequence[str], prompt: str) -> str | None:
    """Say what is wrong with the form of a reply's code; None where nothing is, or where it is no reply.

    Args:
        answer: What was found in the reply.
        language: The task's language.
        names: What the code has to define.
        prompt: What was asked; blocks that quote it are no versions.
    """
    if answer.code is None or answer.found == "given":
        return None
    if answer.found in {"bare", "indented"}:
        return "the code stands in no code block"
    versions = {block.code.strip() for block in _whole(answer.blocks, language, names, prompt)}
    if len(versions) > 1:
        return f"there are {len(versions)} complete versions, and nothing but their order says which counts"
    if answer.code.strip() not in {block.code.strip() for block in answer.blocks}:
        return "the code is spread over several code blocks"
    return None


def _whole(blocks: Sequence[Block], language: Language, names: Sequence[str], prompt: str) -> list[Block]:
    """The blocks that define all that is asked for."""
    wanted = {name.partition(".")[0] for name in names}
    asked = {line.strip() for line in prompt.splitlines()}
    return [
        block
        for block in blocks[-MOST_SURVEYED:]
        if wanted
        and block.language in {language, ""}
        and all(name in block.code for name in wanted)
        and wanted <= set(survey(block.code, language).defines)
        and not _is_quoted(block.code, asked)
    ]


def _is_quoted(code: str, asked: set[str]) -> bool:
    lines = [line.strip() for line in code.splitlines() if line.strip()]
    return sum(line in asked for line in lines) >= QUOTED * len(lines)
