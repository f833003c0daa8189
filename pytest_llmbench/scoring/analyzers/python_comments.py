"""The comments of a Python module, each with the code that it stands at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from pytest_llmbench.scoring.analyzers.comments import Comment, comment_marks, grouped
from pytest_llmbench.scoring.analyzers.python_source import Module
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.analyzers.wording import name_words
from pytest_llmbench.scoring.syntax import text

_DIRECTIVE = re.compile(
    r"#\s*(?:!|-\*-|type:|noqa|pragma|pylint|mypy|pyright|ruff|fmt:|isort|flake8)", re.IGNORECASE
)

SYNONYMS = MappingProxyType(
    {
        "for": "loop iterate go through each item",
        "while": "loop repeat keep until",
        "if": "check test whether case condition otherwise",
        "elif": "check test whether case condition otherwise",
        "else": "otherwise case",
        "return": "return give back caller",
        "yield": "yield produce generate",
        "raise": "raise throw error exception",
        "try": "try attempt catch error",
        "except": "catch handle error exception",
        "import": "import module library package",
        "from": "import module library package",
        "with": "open context",
        "del": "delete remove",
        "class": "class type",
        "=": "set assign initialize init save get create make",
        "+=": "add increment increase append",
        "-=": "subtract decrement decrease",
        "==": "equal compare same",
        "!=": "different compare",
        "[]": "empty list new initialize",
        "{}": "empty dict dictionary map new initialize",
        "()": "",
        "append": "add end list",
        "extend": "add append end list",
        "insert": "add",
        "update": "update merge add",
        "pop": "remove delete",
        "remove": "delete",
        "isinstance": "instance type kind",
        "len": "length size number count",
        "not": "not empty false",
        "in": "exist present contain",
        "None": "nothing empty null missing",
        "print": "show display output",
        "sorted": "sort order",
        "dict": "dictionary map",
        "str": "string text",
        "int": "integer number",
        "self": "store instance",
        "def": "function method define helper main",
    }
)
"""What pieces of Python are called in words: a comment made of these names the syntax, not a reason."""


def python_comment_marks(module: Module) -> Iterator[Mark]:
    """Mark the comments of a module that are noise."""
    return comment_marks(
        list(_comments(module)),
        code_lines=module.code_lines,
        synonyms=SYNONYMS,
        about=name_words(module.names),
    )


def _comments(module: Module) -> Iterator[Comment]:
    found = (node for node in module.nodes if node.type == "comment" and not _DIRECTIVE.match(text(node)))
    return grouped(module.code, ((node, [_bare(text(node))]) for node in found), ("#",))


def _bare(comment: str) -> str:
    return comment.lstrip("#").strip()
