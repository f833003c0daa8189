"""A JavaScript or TypeScript module as its syntax tree, made into the few things that the rules ask about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pytest_llmbench.scoring.syntax import Tree, line_of, parse, text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

Dialect = Literal["javascript", "typescript"]

FUNCTIONS = frozenset(
    {
        *("function_declaration", "generator_function_declaration", "function_expression"),
        *("generator_function", "arrow_function", "method_definition"),
    }
)
CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
DEFINITIONS = FUNCTIONS | CLASSES

_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})
_PATTERNS = frozenset({"object_pattern", "array_pattern"})
_NO_RESULT = frozenset({"void", "never", "undefined", "Promise<void>"})


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter; `name` is empty where it is taken apart at once, `type` where there is none."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Class:
    """A class. `doc` is the comment before it; its methods point to it by `owner`."""

    name: str
    line: int
    node: Node
    body: Node
    bases: tuple[str, ...]
    doc: str | None
    exported: bool


@dataclass(frozen=True, slots=True)
class Function:
    """A function or a method. `name` is empty for one that is given away at once, a callback."""

    name: str
    line: int
    node: Node
    body: Node
    params: tuple[Param, ...]
    returns: str | None
    doc: str | None
    owner: Class | None
    exported: bool
    nested: bool

    @property
    def is_async(self) -> bool:
        """Whether it is declared to be asynchronous."""
        return any(child.type == "async" for child in self.node.children)

    @property
    def gives_result(self) -> bool:
        """Whether it returns or yields something, by its annotation or else by its body."""
        if self.returns:
            return self.returns not in _NO_RESULT
        if self.body.type != "statement_block":
            return True
        inside = walk(self.body, past=DEFINITIONS)
        return any(
            node.type == "yield_expression" or (node.type == "return_statement" and node.named_child_count)
            for node in inside
        )

    @property
    def is_public(self) -> bool:
        """Whether it is for others to use: exported, or a method of a class that is."""
        if self.owner is None:
            return self.exported and not self.nested
        private = any(text(child) in {"private", "protected"} for child in self.node.children)
        return self.owner.exported and not private and not self.name.startswith(("#", "_"))


@dataclass(frozen=True)
class Module:
    """A parsed module."""

    code: str
    dialect: Dialect
    tree: Tree

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """All classes, in the order of their lines."""
        found = (node for node in self.tree.nodes if node.is_named and node.type in CLASSES)
        return tuple(_class(self, node) for node in found)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """All functions, in the order of their lines."""
        owners = {cls.body.id: cls for cls in self.classes}
        return tuple(_function(self, node, owners) for node in self.tree.nodes if node.type in FUNCTIONS)

    @property
    def definitions(self) -> tuple[Function | Class, ...]:
        """All functions, then all classes."""
        return (*self.functions, *self.classes)

    @cached_property
    def comments(self) -> tuple[Node, ...]:
        """All comments, in the order of their lines."""
        return tuple(node for node in self.tree.nodes if node.type == "comment")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every identifier, as often as it occurs."""
        return tuple(text(node) for node in self.tree.nodes if node.type.endswith("identifier"))

    @cached_property
    def exported(self) -> frozenset[str]:
        """The names that are exported apart from their declarations."""
        return frozenset(_exported(self))

    @cached_property
    def code_lines(self) -> int:
        """Lines that hold code: neither blank nor a comment."""
        rows = {
            row
            for node in self.tree.nodes
            if not node.child_count and node.type != "comment"
            for row in range(node.start_point.row, node.end_point.row + 1)
        }
        return max(1, len(rows))

    def doc_before(self, statement: Node) -> str | None:
        """Give the comment that stands right before a statement: a block, or lines that belong together."""
        parts: list[str] = []
        row = statement.start_point.row
        comment = self.tree.before(statement)
        while comment is not None and comment.type == "comment" and comment.end_point.row in {row - 1, row}:
            above = self.tree.before(comment)
            if (
                above is not None
                and above.type != "comment"
                and above.end_point.row == comment.start_point.row
            ):
                break  # it stands behind the code above
            parts.insert(0, text(comment))
            row = comment.start_point.row
            if parts[0].startswith("/*"):
                break
            comment = above
        return "\n".join(parts) or None


def parse_module(code: str, dialect: Dialect) -> Module:
    """Parse a module; any text gives a tree."""
    return Module(code=code, dialect=dialect, tree=parse(dialect, code))


def statement_of(module: Module, node: Node) -> Node:
    """Give the whole statement of a definition: with its `export`, or the variable that it is bound to."""
    statement = node
    for parent in module.tree.ancestors(node):
        if parent.type == "variable_declarator" and parent.child_by_field_name("value") != node:
            break
        if parent.type not in {"variable_declarator", "export_statement", *_DECLARATIONS}:
            break
        statement = parent
    return statement


def _class(module: Module, node: Node) -> Class:
    statement = statement_of(module, node)
    name = _name(module, node)
    heritage = [child for child in node.children if child.type == "class_heritage"]
    return Class(
        name=name,
        line=line_of(node),
        node=node,
        body=node.child_by_field_name("body") or node,
        bases=tuple(
            text(n) for h in heritage for n in walk(h) if n.type in {"identifier", "type_identifier"}
        ),
        doc=module.doc_before(statement),
        exported=statement.type == "export_statement" or name in module.exported,
    )


def _function(module: Module, node: Node, owners: dict[int, Class]) -> Function:
    parent = module.tree.parent(node)
    owner = None if parent is None else owners.get(parent.id)
    statement = node if owner is not None else statement_of(module, node)
    name = _name(module, node)
    returns = node.child_by_field_name("return_type")
    outside = (ancestor.type for ancestor in module.tree.ancestors(node))
    return Function(
        name=name,
        line=line_of(node),
        node=node,
        body=node.child_by_field_name("body") or node,
        params=tuple(_params(node)),
        returns=None if returns is None else text(returns).lstrip(": "),
        doc=module.doc_before(statement),
        owner=owner,
        exported=statement.type == "export_statement" or (bool(name) and name in module.exported),
        nested=any(kind in FUNCTIONS for kind in outside),
    )


def _name(module: Module, node: Node) -> str:
    own = node.child_by_field_name("name")
    if own is not None:
        return text(own)
    parent = module.tree.parent(node)
    if parent is not None and parent.type == "variable_declarator":
        return text(parent.child_by_field_name("name"))
    return ""


def _params(node: Node) -> Iterator[Param]:
    single = node.child_by_field_name("parameter")
    if single is not None:
        yield Param(name=text(single), type="")
    listed = node.child_by_field_name("parameters")
    for child in listed.named_children if listed is not None else ():
        if child.type == "comment":
            continue
        pattern = child.child_by_field_name("pattern") if child.type in _PARAMETERS else child
        if pattern is not None and pattern.type == "assignment_pattern":
            pattern = pattern.child_by_field_name("left")
        if pattern is None or text(pattern) == "this":
            continue
        annotation = child.child_by_field_name("type")
        name = "" if pattern.type in _PATTERNS else text(pattern).lstrip(".")
        yield Param(name=name, type=text(annotation).lstrip(": "))


def _exported(module: Module) -> Iterator[str]:
    for node in module.tree.nodes:
        if node.type == "export_specifier":
            yield text(node.child_by_field_name("name"))
        elif node.type == "export_statement":
            yield text(node.child_by_field_name("value"))  # export default name
        elif node.type == "assignment_expression":
            yield from _commonjs(node)


def _commonjs(assignment: Node) -> Iterator[str]:
    left = text(assignment.child_by_field_name("left"))
    right = assignment.child_by_field_name("right")
    if right is None or not left.startswith(("module.exports", "exports.")):
        return
    if right.type == "identifier":
        yield text(right)
    for node in right.named_children if right.type == "object" else ():
        yield text(
            node if node.type == "shorthand_property_identifier" else node.child_by_field_name("value")
        )
