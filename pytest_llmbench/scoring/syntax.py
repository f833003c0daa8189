"""The syntax tree of an answer, for checks of what the code says and not of what it does.

Regular expressions see a word in a comment where a tree sees none. Trees come from tree-sitter: any
text has one, code that is cut off too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_llmbench.errors import TaskError
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.values import Value

if TYPE_CHECKING:
    from tree_sitter import Node


class SyntaxNode(Value):
    """One node: its kind as the language's grammar names it, its text, and its parent's kind.

    A token's kind is its text. `line` counts from 1; `parent` is empty at the root.
    """

    kind: str
    text: str
    line: int
    parent: str = ""


def find_nodes(language: Language, code: str, kinds: frozenset[str]) -> tuple[SyntaxNode, ...]:
    """Give the nodes of some kinds, in the order of the text.

    Raises:
        TaskError: The language's grammar is not installed.
    """
    return tuple(_plain(node) for node in _walk(parse(language, code)) if node.type in kinds)


def parse(language: Language, code: str) -> Node:
    """Parse code, and give the root of its tree.

    Raises:
        TaskError: The language's grammar is not installed.
    """
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser

    parser = Parser(Grammar(_grammar(language)))
    return parser.parse(code.encode("utf-8", "replace")).root_node


def _grammar(language: Language) -> object:
    """Give a language's grammar; each is a package of its own."""
    try:
        if language == "python":
            import tree_sitter_python

            return tree_sitter_python.language()
        if language == "javascript":
            import tree_sitter_javascript

            return tree_sitter_javascript.language()
        if language == "typescript":
            import tree_sitter_typescript

            return tree_sitter_typescript.language_typescript()
        import tree_sitter_go

        return tree_sitter_go.language()
    except ImportError as error:
        raise TaskError(f"{error}; install it by: pip install 'pytest-llmbench[{language}]'") from error


def _walk(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _plain(node: Node) -> SyntaxNode:
    return SyntaxNode(
        kind=node.type,
        text=(node.text or b"").decode("utf-8", "replace"),
        line=node.start_point.row + 1,
        parent="" if node.parent is None else node.parent.type,
    )
