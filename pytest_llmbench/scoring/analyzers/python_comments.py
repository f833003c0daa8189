"""The comments of a Python module, each with the code that it stands at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from pytest_llmbench.scoring.analyzers.comments import Comment, comment_marks
from pytest_llmbench.scoring.analyzers.python_source import Module, text
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.analyzers.wording import name_words

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
    rows = module.code.split("\n")
    pending: list[str] = []
    begun = last = -1
    for node in module.nodes:
        if node.type != "comment" or _DIRECTIVE.match(text(node)):
            continue
        row, before = node.start_point.row, _before(rows, node.start_point.row)
        if before:
            yield Comment(line=row + 1, lines=(_bare(text(node)),), code=before)
            continue
        if pending and row != last + 1:
            yield _block(rows, begun, last, pending)
            pending = []
        begun = row if not pending else begun
        pending.append(_bare(text(node)))
        last = row
    if pending:
        yield _block(rows, begun, last, pending)


def _before(rows: list[str], row: int) -> str:
    """Give the code that stands before a comment in its row; "" where the row is all comment."""
    line = rows[row] if row < len(rows) else ""
    return "" if line.lstrip().startswith("#") else line.rpartition("#")[0].strip()


def _block(rows: list[str], begun: int, last: int, lines: list[str]) -> Comment:
    after = (line.strip() for line in rows[last + 1 :])
    code = next((line for line in after if line and not line.startswith("#")), "")
    return Comment(line=begun + 1, lines=tuple(lines), code=code)


def _bare(comment: str) -> str:
    return comment.lstrip("#").strip()
