"""A Python module as its syntax tree, made into the few things that the rules ask about.

The tree is tree-sitter's: it stands for code of any Python release whichever one runs us, for code
that is cut off in the middle, and no nesting is too deep for it. Walks are loops, never recursion.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_llmbench.scoring.syntax import Tree, line_of, text, walk
from pytest_llmbench.scoring.syntax import parse as parse_code

if TYPE_CHECKING:
    from tree_sitter import Node

DEFINITIONS = frozenset({"function_definition", "class_definition"})

_ESCAPES = re.compile(r"""\\(\n|[\\'"nt])""")
_ESCAPED = {"\n": "", "n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter; `annotation` and `default` are None where there is none."""

    name: str
    annotation: str | None
    default: Node | None
    star: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function or a method. `params` leave out `self` and `cls`; `scope` names what it stands in."""

    name: str
    line: int
    node: Node
    body: Node
    params: tuple[Param, ...]
    returns: str | None
    decorators: tuple[str, ...]
    docstring: str | None
    owner: Class | None
    nested: bool

    @property
    def public(self) -> bool:
        """Whether its name, and that of its class, is for others to use."""
        outer = self.owner is None or self.owner.public
        return outer and not self.nested and not self.name.startswith("_")

    @property
    def gives_result(self) -> bool:
        """Whether it returns or yields something, by its hint or else by its body."""
        if self.returns is not None:
            return self.returns not in {"None", "NoReturn", "Never"}
        return any(
            node.type == "yield" or (node.type == "return_statement" and node.named_child_count)
            for node in walk(self.body, past=DEFINITIONS)
        )


@dataclass(frozen=True, slots=True)
class Class:
    """A class. Its methods point to it by `owner`."""

    name: str
    line: int
    node: Node
    body: Node
    bases: tuple[str, ...]
    decorators: tuple[str, ...]
    docstring: str | None
    nested: bool

    @property
    def public(self) -> bool:
        """Whether its name is for others to use."""
        return not self.nested and not self.name.startswith("_")


@dataclass(frozen=True)
class Module(Tree):
    """A parsed module."""

    code: str

    @cached_property
    def docstring(self) -> str | None:
        """The module's docstring."""
        return docstring_of(self.root)

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """All classes, in the order of their lines."""
        return tuple(_class(self, node) for node in self.nodes if node.type == "class_definition")

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """All functions and methods, in the order of their lines."""
        owners = {cls.body.id: cls for cls in self.classes}
        return tuple(
            _function(self, node, owners) for node in self.nodes if node.type == "function_definition"
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every identifier, as often as it occurs."""
        return tuple(text(node) for node in self.nodes if node.type == "identifier")

    @cached_property
    def exported(self) -> frozenset[str]:
        """The names in `__all__`."""
        for node in self.root.named_children:
            for target, value in assignments(node):
                if text(target) == "__all__":
                    return frozenset(text(n) for n in walk(value) if n.type == "string_content")
        return frozenset()

    @cached_property
    def code_lines(self) -> int:
        """Lines that hold code: neither blank nor a comment nor part of a docstring."""
        rows = {
            row
            for node in self.nodes
            if not node.child_count and node.type != "comment"
            for row in range(node.start_point.row, node.end_point.row + 1)
        }
        for block in self.nodes:
            if block.type in {"module", "block"} and (found := docstring_node(block)) is not None:
                rows.difference_update(range(found.start_point.row, found.end_point.row + 1))
        return max(1, len(rows))


def parse(code: str) -> Module:
    """Parse a module; any text gives a tree."""
    return Module(root=parse_code("python", code).root, code=code)


def assignments(statement: Node) -> Iterator[tuple[Node, Node]]:
    """Give (target, value) of a statement that is a plain assignment; nothing for others."""
    for node in statement.named_children if statement.type == "expression_statement" else ():
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type == "assignment" and target is not None and value is not None:
            yield target, value


def docstring_node(block: Node) -> Node | None:
    """Give the statement that is the docstring of a module, or of what a block is the body of."""
    first = next((node for node in block.named_children if node.type != "comment"), None)
    if first is None or first.type != "expression_statement" or first.named_child_count != 1:
        return None
    return first if first.named_children[0].type == "string" else None


def docstring_of(block: Node) -> str | None:
    """Give the docstring that a block begins with, its indentation taken off."""
    statement = docstring_node(block)
    if statement is None:
        return None
    string = statement.named_children[0]
    raw = "".join(text(n) for n in string.children if n.type == "string_content")
    if "r" not in text(string.children[0]).lower():
        raw = _ESCAPES.sub(lambda found: _ESCAPED.get(found[1], found[1]), raw)
    return inspect.cleandoc(raw)


def _class(module: Module, node: Node) -> Class:
    body = node.child_by_field_name("body") or node
    bases = node.child_by_field_name("superclasses")
    return Class(
        name=text(node.child_by_field_name("name")),
        line=line_of(node),
        node=node,
        body=body,
        bases=tuple(text(base) for base in (bases.named_children if bases is not None else ())),
        decorators=_decorators(module, node),
        docstring=docstring_of(body),
        nested=any(parent.type in DEFINITIONS for parent in module.ancestors(node)),
    )


def _function(module: Module, node: Node, owners: dict[int, Class]) -> Function:
    body = node.child_by_field_name("body") or node
    block = next((p for p in module.ancestors(node) if p.type in {"block", "module"}), None)
    owner = None if block is None else owners.get(block.id)
    decorators = _decorators(module, node)
    params = tuple(_params(node.child_by_field_name("parameters")))
    returns = node.child_by_field_name("return_type")
    return Function(
        name=text(node.child_by_field_name("name")),
        line=line_of(node),
        node=node,
        body=body,
        params=params[1:] if owner is not None and "staticmethod" not in decorators else params,
        returns=None if returns is None else text(returns),
        decorators=decorators,
        docstring=docstring_of(body),
        owner=owner,
        nested=any(parent.type == "function_definition" for parent in module.ancestors(node)),
    )


def _decorators(module: Module, node: Node) -> tuple[str, ...]:
    parent = next(module.ancestors(node), None)
    if parent is None or parent.type != "decorated_definition":
        return ()
    return tuple(text(n).lstrip("@").strip() for n in parent.children if n.type == "decorator")


def _params(node: Node | None) -> Iterator[Param]:
    for child in node.named_children if node is not None else ():
        if child.type in {"identifier", "list_splat_pattern", "dictionary_splat_pattern"}:
            name, annotation, default = child, None, None
        elif child.type in {"typed_parameter", "default_parameter", "typed_default_parameter"}:
            name = child.child_by_field_name("name") or child.named_children[0]
            annotation = child.child_by_field_name("type")
            default = child.child_by_field_name("value")
        else:
            continue
        yield Param(
            name=text(name).lstrip("*"),
            annotation=None if annotation is None else text(annotation),
            default=default,
            star=text(name).startswith("*"),
        )
