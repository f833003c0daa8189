"""The comments of a JavaScript or TypeScript module, each with the code that it stands at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from pytest_llmbench.scoring.analyzers.comments import Comment, comment_marks, grouped
from pytest_llmbench.scoring.analyzers.ecmascript_jsdoc import is_jsdoc
from pytest_llmbench.scoring.analyzers.ecmascript_source import Module
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.analyzers.wording import name_words
from pytest_llmbench.scoring.syntax import text

_DIRECTIVE = re.compile(
    r"/[/*]\s*(?:eslint|oxlint|prettier|biome|@ts-|#|global |istanbul|c8|v8 )", re.IGNORECASE
)
_FILE_NAME = re.compile(r"[\w./-]+\.[cm]?[jt]sx?")
_EDGES = re.compile(r"^\s*(?:/\*+|\*+(?!/)|//+)?\s?|\s*\*+/\s*$")

SYNONYMS = MappingProxyType(
    {
        "for": "loop iterate go through each all",
        "while": "loop repeat keep until",
        "if": "check test whether case condition otherwise there",
        "else": "otherwise case",
        "switch": "check case",
        "return": "return give back caller here stop",
        "continue": "go next skip",
        "break": "stop leave out loop",
        "yield": "yield produce generate",
        "throw": "throw raise error exception",
        "try": "try attempt catch error",
        "catch": "catch handle error exception",
        "import": "import module library package",
        "export": "export public",
        "from": "import module library package",
        "await": "wait",
        "async": "asynchronous",
        "new": "create make build construct instance",
        "this": "store instance save",
        "super": "call parent class constructor",
        "class": "class type",
        "extends": "extend inherit",
        "constructor": "create make build initialize",
        "const": "define declare set constant",
        "let": "define declare set start begin",
        "=": "set assign initialize init save get create make store put calculate compute",
        "+=": "add increment increase append",
        "-=": "subtract decrement decrease",
        "==": "equal compare same",
        "===": "equal compare same",
        "!==": "different compare",
        "<": "smaller less compare",
        ">": "larger greater more compare",
        "-": "subtract difference",
        "+": "add concatenate join",
        "/": "divide",
        "*": "multiply",
        "[]": "empty list array new initialize",
        "{}": "empty object map new initialize",
        "push": "add append end list array",
        "pop": "remove take last",
        "shift": "remove take first",
        "map": "map transform convert each",
        "filter": "filter keep by",
        "slice": "cut get part page",
        "reverse": "reverse",
        "length": "length size number count",
        "undefined": "nothing missing there given",
        "null": "nothing missing no path there",
        "json": "send body parse",
        "res": "response",
        "req": "request",
        "status": "send status",
        "function": "function method define",
        "ceil": "number pages calculate round",
        "0": "zero first empty",
    }
)
"""What pieces of JavaScript are called in words: a comment made of these names the syntax, not a reason."""


def ecmascript_comment_marks(module: Module) -> Iterator[Mark]:
    """Mark the comments of a module that are noise."""
    return comment_marks(
        list(_comments(module)),
        code_lines=module.code_lines,
        synonyms=SYNONYMS,
        about=name_words(module.names),
    )


def _comments(module: Module) -> Iterator[Comment]:
    """Give the comments: lines that follow each other as one, and what documents a function as none."""
    documenting = _documenting(module)
    found = (node for node in module.comments if not _is_left_out(text(node), documenting))
    return grouped(module.code, ((node, _bare(text(node))) for node in found), ("//", "/*", "*"))


def _is_left_out(source: str, documenting: frozenset[str]) -> bool:
    """Tell whether a comment is for a tool, or a file's name, or documents something."""
    for_tools = _DIRECTIVE.match(source) or _FILE_NAME.fullmatch(source.strip("/* \n"))
    return bool(for_tools) or _documents(source, documenting)


def _documenting(module: Module) -> frozenset[str]:
    """Give the comments that document a function or a class, which another axis judges."""
    docs = [d.doc for d in module.definitions if d.doc is not None]
    return frozenset(part for doc in docs for part in ([doc] if is_jsdoc(doc) else doc.split("\n")))


def _documents(source: str, documenting: frozenset[str]) -> bool:
    """Tell whether a comment documents something: a function, or what else it goes to lengths about."""
    return source in documenting or (is_jsdoc(source) and "\n" in source)


def _bare(source: str) -> tuple[str, ...]:
    lines = [_EDGES.sub("", line).strip() for line in source.split("\n")]
    return tuple(line for line in lines if line) or ("",)
