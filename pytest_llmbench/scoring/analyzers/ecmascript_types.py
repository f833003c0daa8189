"""What an answer keeps from TypeScript's compiler: `any`, assertions, comments that silence it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_llmbench.scoring.analyzers.ecmascript_source import Module
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.syntax import line_of, text

if TYPE_CHECKING:
    from tree_sitter import Node

_SILENCES = re.compile(r"@ts-(?:ignore|nocheck|expect-error)|(?:eslint|oxlint)-disable")
_CONST = re.compile(r"\bas\s+const$")


def type_marks(module: Module) -> Iterator[Mark]:
    """Mark places where the compiler has to take the author's word."""
    for comment in module.comments:
        if _SILENCES.search(text(comment)):
            yield Mark(rule="silenced-tool", line=line_of(comment), message="tells a tool to look away")
    for node in module.tree.nodes if module.dialect == "typescript" else ():
        rule, message = _assertion(module, node)
        if rule:
            yield Mark(rule=rule, line=line_of(node), message=message)


def _assertion(module: Module, node: Node) -> tuple[str, str]:
    if node.type == "predefined_type" and text(node) == "any":
        return "explicit-any", "any: nothing is checked here"
    if node.type == "type_assertion" or (node.type == "as_expression" and not _CONST.search(text(node))):
        return "type-assertion", f"the compiler is told what it cannot know: {text(node)[:60]}"
    if node.type == "!":
        parent = module.tree.parent(node)
        if parent is not None and parent.type != "unary_expression":
            return "non-null-assertion", f"said to be there, and not checked: {text(parent)[:60]}"
    return "", ""
