"""An answer: the code taken out of a reply, and how it was found; or why there is none."""

from __future__ import annotations

from typing import Literal

from pytest_llmbench.values import Value

Found = Literal["tagged_fence", "untagged_fence", "other_fence", "indented", "bare", "given", "none"]
"""Where code was found: in a fence tagged with the task's language, an untagged one, one with another
tag, an indented block, a reply that is code and nothing else, given as code; or nowhere."""


class Block(Value):
    """One code block of a reply, in the reply's order; `line` is its first code line in the reply, from 1."""

    language: str
    code: str
    line: int
    closed: bool = True


class Answer(Value):
    """What a reply holds. `code` is None where there is none: never an empty program.

    `prose` is the reply without reasoning and code blocks. `notes` say, in words for the report,
    what was unusual about how the code was found.
    """

    code: str | None
    found: Found
    blocks: tuple[Block, ...] = ()
    prose: str = ""
    notes: tuple[str, ...] = ()
