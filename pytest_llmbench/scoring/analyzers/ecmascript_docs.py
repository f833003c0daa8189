"""What of a JavaScript or TypeScript module is to be documented, and what its comments say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_llmbench.scoring.analyzers.docstrings import DocText
from pytest_llmbench.scoring.analyzers.documentation import Documented
from pytest_llmbench.scoring.analyzers.ecmascript_jsdoc import parse_jsdoc
from pytest_llmbench.scoring.analyzers.ecmascript_source import DEFINITIONS, Class, Function, Module
from pytest_llmbench.scoring.analyzers.wording import name_words
from pytest_llmbench.scoring.syntax import text, walk

HELPER_STATEMENTS = 4
"""Statements from which a function that is not exported should say what it is for."""

_FILE_NAME = re.compile(r"[\w./-]+\.[cm]?[jt]sx?")
_STATEMENTS = frozenset({"statement_block", "class_body", "class_static_block"})


def documented_names(module: Module) -> list[Documented]:
    """Give the exported functions and classes, and the methods of those classes.

    Exported types are left out: a type says itself what it is. Of overloads, the implementation counts.
    A module that exports nothing is taken for a script.
    """
    functions = [_function(f) for f in module.functions if f.is_public and f.name != "constructor" and f.name]
    classes = [_class(module, cls) for cls in module.classes if cls.exported]
    found = {name.name: name for name in sorted([*functions, *classes], key=lambda name: name.line)}
    return list(found.values()) or [
        Documented(name="the module", kind="script", line=1, text=module_text(module))
    ]


def undocumented_helpers(module: Module) -> Iterator[tuple[str, int]]:
    """Give the functions of some size that are not exported, have a name, and have no comment."""
    for function in module.functions:
        inner = function.nested or function.is_public or not function.name or function.name == "constructor"
        if not inner and function.doc is None and statements(function) >= HELPER_STATEMENTS:
            yield function.name, function.line


def module_text(module: Module) -> DocText | None:
    """Give the comment that stands at the head of a file, apart from what follows it."""
    nodes = module.tree.root.named_children
    first = nodes[0] if nodes and nodes[0].type == "comment" else None
    if first is None or _FILE_NAME.fullmatch(text(first).strip("/* \n")):
        return None
    follows = nodes[1] if len(nodes) > 1 else None
    apart = follows is None or follows.start_point.row > first.end_point.row + 1
    return parse_jsdoc(text(first)) if apart or "@module" in text(first) or "@file" in text(first) else None


def statements(function: Function) -> int:
    """Count a function's statements, those of nested blocks and functions included; an expression is one."""
    if function.body.type != "statement_block":
        return 1
    blocks = (node for node in walk(function.body) if node.type in _STATEMENTS or node.type == "switch_body")
    return sum(child.type != "comment" for block in blocks for child in block.named_children)


def _function(function: Function) -> Documented:
    outer = "" if function.owner is None else function.owner.name
    params = tuple(param.name for param in function.params if param.name and not param.name.startswith("_"))
    types = [param.type for param in function.params]
    return Documented(
        name=f"{outer}.{function.name}" if outer else function.name,
        kind="method" if outer else "function",
        line=function.line,
        params=params,
        result=function.gives_result,
        raises=_raised(function),
        statements=statements(function),
        text=None if function.doc is None else parse_jsdoc(function.doc),
        own=name_words([function.name, *params, *types, function.returns or ""]),
        outer=name_words([outer]),
    )


def _class(module: Module, cls: Class) -> Documented:
    return Documented(
        name=cls.name or "the class",
        kind="class",
        line=cls.line,
        text=None if cls.doc is None else parse_jsdoc(cls.doc),
        own=name_words([cls.name, *cls.bases, "class"]),
    )


def _raised(function: Function) -> tuple[str, ...]:
    """Give the classes of errors that a function throws itself."""
    found: dict[str, None] = {}
    for node in walk(function.body, past=DEFINITIONS):
        if node.type != "throw_statement" or not node.named_children:
            continue
        thrown = node.named_children[0]
        if thrown.type == "new_expression":
            found[text(thrown.child_by_field_name("constructor"))] = None
    return tuple(found)
