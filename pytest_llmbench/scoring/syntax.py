"""The syntax tree of an answer, for checks of what the code says and not of what it does.

Regular expressions see a word in a comment where a tree sees none. Trees come from tree-sitter: any
text has one, code that is cut off too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
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


@dataclass(frozen=True)
class Tree:
    """A syntax tree whose nodes know their surroundings.

    tree-sitter looks for a parent from the root down, each time, which is far too slow for deep trees.
    All walks are loops: no nesting is too deep for them.
    """

    root: Node

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, in the order of the text."""
        return tuple(walk(self.root))

    @cached_property
    def _parents(self) -> dict[int, Node]:
        return {child.id: node for node in self.nodes for child in node.children}

    @cached_property
    def _before(self) -> dict[int, Node]:
        return {after.id: before for node in self.nodes for before, after in pairwise(node.children)}

    @cached_property
    def depth(self) -> int:
        """How many nodes lie inside each other at the deepest place."""
        depths = {self.root.id: 1}
        for node in self.nodes:
            for child in node.children:
                depths[child.id] = depths[node.id] + 1
        return max(depths.values())

    def parent(self, node: Node) -> Node | None:
        """Give a node's parent; None for the root."""
        return self._parents.get(node.id)

    def before(self, node: Node) -> Node | None:
        """Give the sibling before a node; None for the first."""
        return self._before.get(node.id)

    def ancestors(self, node: Node) -> Iterator[Node]:
        """Give a node's parents, the nearest first."""
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)


def find_nodes(language: Language, code: str, kinds: frozenset[str]) -> tuple[SyntaxNode, ...]:
    """Give the nodes of some kinds, in the order of the text.

    Raises:
        TaskError: The language's grammar is not installed.
    """
    tree = parse(language, code)
    return tuple(_plain(node, tree.parent(node)) for node in tree.nodes if node.type in kinds)


def parse(language: Language, code: str) -> Tree:
    """Parse code; any text gives a tree.

    Raises:
        TaskError: The language's grammar is not installed.
    """
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser

    parser = Parser(Grammar(_grammar(language)))
    return Tree(parser.parse(code.encode("utf-8", "replace")).root_node)


def walk(node: Node, *, past: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Give a node and all that is inside it, in the order of the text.

    Args:
        node: Where to begin.
        past: Kinds of nodes that are given, but not gone into (where to begin is).
    """
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current is node or current.type not in past:
            stack.extend(reversed(current.children))


def text(node: Node | None) -> str:
    """Give a node's source text; "" for None."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")


def line_of(node: Node) -> int:
    """Give the line that a node begins on, from 1."""
    return node.start_point.row + 1


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


def _plain(node: Node, parent: Node | None) -> SyntaxNode:
    return SyntaxNode(
        kind=node.type,
        text=text(node),
        line=line_of(node),
        parent="" if parent is None else parent.type,
    )
