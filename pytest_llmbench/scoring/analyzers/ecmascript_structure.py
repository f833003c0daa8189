"""The shape of an ECMAScript module: what is longer, denser or more roundabout than its purpose needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_llmbench.scoring.analyzers.ecmascript_source import (
    DEFINITIONS,
    FUNCTIONS,
    Class,
    Function,
    Module,
)
from pytest_llmbench.scoring.analyzers.shape import shape_marks
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.syntax import line_of, text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_WIDTH = 140
MAX_DENSITY = 6.0

_SHORT_CIRCUITS = frozenset({"&&", "||", "??"})
_DENSE = frozenset({"lexical_declaration", "expression_statement", "return_statement"})
_COUNTERS = frozenset({"i", "j", "k", "_", "$"})
_FEW_NAMES = 1
_MOST_USES = 2
_SHORT_EXPRESSION = 60


def structure_marks(module: Module, asked: Sequence[str]) -> Iterator[Mark]:
    """Mark the shape of a module; `asked` are the names that the task asks for, where it says so."""
    yield from shape_marks(module.tree, "javascript")
    yield from _width_marks(module)
    yield from _density_marks(module)
    yield from _name_marks(module)
    yield from _export_marks(module, asked)
    yield from _class_marks(module)


def _width_marks(module: Module) -> Iterator[Mark]:
    for number, line in enumerate(module.code.split("\n"), start=1):
        if len(line) > MAX_WIDTH:
            yield Mark(rule="long-line", line=number, message=f"{len(line)} characters in a line")


def _density_marks(module: Module) -> Iterator[Mark]:
    """Mark statements that hold several conditions and functions at once, on few lines."""
    for node in module.tree.nodes:
        condition = node.child_by_field_name("condition") if node.type == "if_statement" else None
        if node.type not in _DENSE and condition is None:
            continue
        whole = condition or node
        rows = whole.end_point.row - whole.start_point.row + 1
        density = sum(map(_weight, _flat(whole))) / rows
        if density > MAX_DENSITY:
            message = "several conditions and calls in one breath"
            yield Mark(rule="dense-expression", line=line_of(whole), message=message)


def _flat(node: Node) -> Iterator[Node]:
    """Give what is inside a statement, but not inside the statements of functions in it."""
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type in {"statement_block", "class_body"}:
            continue
        yield current
        stack.extend(current.children)


def _weight(node: Node) -> float:
    if node.type in _SHORT_CIRCUITS or node.type == "ternary_expression":
        return 1.0
    return 0.5 if node.type in {"call_expression", "arrow_function", "template_substitution"} else 0.0


def _name_marks(module: Module) -> Iterator[Mark]:
    """Mark names of one letter that stand for more than a counter or the argument of a short callback."""
    short: dict[str, Node] = {}
    for node in module.tree.nodes:
        for name in _bound(node):
            if len(text(name)) == 1 and text(name) not in _COUNTERS:
                short.setdefault(text(name), name)
    # One is a habit, as `n` for a number is.
    if len(short) > _FEW_NAMES:
        first = min(line_of(node) for node in short.values())
        share = min(1.0, len(short) / 8)
        message = f"names of one letter: {', '.join(sorted(short))}"
        yield Mark(rule="short-names", line=first, message=message, share=share)


def _bound(node: Node) -> Iterator[Node]:
    """Give the names that a declaration, or a parameter of a function of some size, binds."""
    if node.type == "variable_declarator":
        name = node.child_by_field_name("name")
        yield from (n for n in walk(name) if n.type.endswith("identifier")) if name is not None else ()
    elif node.type in FUNCTIONS and _is_sizeable(node.child_by_field_name("body")):
        one = node.child_by_field_name("parameter")
        listed = node.child_by_field_name("parameters")
        if one is not None:
            yield one
        yield from (n for n in walk(listed) if n.type == "identifier") if listed is not None else ()


def _is_sizeable(body: Node | None) -> bool:
    """Tell whether a function is more than one short expression, whose names explain themselves."""
    if body is None:
        return False
    return body.type == "statement_block" or len(text(body)) > _SHORT_EXPRESSION


def _export_marks(module: Module, asked: Sequence[str]) -> Iterator[Mark]:
    """Mark what is exported and was not asked for, and functions that nothing uses."""
    uses = Counter(module.names)
    for found in module.definitions:
        if not found.name or (isinstance(found, Function) and (found.owner is not None or found.nested)):
            continue
        if found.exported:
            if asked and found.name not in asked:
                message = f"{found.name} is exported, and was not asked for"
                yield Mark(rule="unasked", line=found.line, message=message)
        elif uses[found.name] < _MOST_USES:
            yield Mark(rule="unused-helper", line=found.line, message=f"{found.name} is never used")


def _class_marks(module: Module) -> Iterator[Mark]:
    for cls in module.classes:
        methods = [function for function in module.functions if function.owner == cls]
        others = [method for method in methods if method.name != "constructor"]
        getters = [method for method in others if _is_getter(method)]
        yield from (
            Mark(rule="needless-getter", line=g.line, message=f"{cls.name}.{g.name} only hands out a field")
            for g in getters
        )
        yield from _needless_class(module, cls, others)
    yield from _interface_marks(module)


def _is_getter(method: Function) -> bool:
    """Tell whether a method is a field with a longer name: `getName() { return this.name; }`."""
    inside = [n for n in method.body.named_children if n.type != "comment"]
    if not re.match(r"get[A-Z]", method.name) or len(inside) != 1 or inside[0].type != "return_statement":
        return False
    given = inside[0].named_children
    return bool(given) and re.fullmatch(r"this\.#?\w+", text(given[0])) is not None


def _needless_class(module: Module, cls: Class, methods: Sequence[Function]) -> Iterator[Mark]:
    if cls.exported or not methods:
        return
    if not any("this" in {n.type for n in walk(method.body)} for method in methods):
        message = f"{cls.name} holds nothing: functions would do"
        yield Mark(rule="stateless-class", line=cls.line, message=message)
    elif not any(_keeps_state(method) for method in methods) and _instantiations(module, cls.name) >= 1:
        message = f"{cls.name} keeps nothing from one call to the next: functions would do"
        yield Mark(rule="one-use-class", line=cls.line, message=message)


def _keeps_state(method: Function) -> bool:
    """Tell whether a method changes a field, or what a field holds."""
    for node in walk(method.body):
        if node.type in {"assignment_expression", "augmented_assignment_expression", "update_expression"}:
            changed = node.child_by_field_name("left") or node.child_by_field_name("argument")
            if text(changed).startswith("this"):
                return True
        elif node.type == "call_expression":
            called = text(node.child_by_field_name("function"))
            if re.fullmatch(
                r"this\.#?\w+\.(?:push|pop|shift|unshift|splice|set|add|delete|sort|clear)", called
            ):
                return True
        elif node.type == "variable_declarator" and text(node.child_by_field_name("value")).startswith(
            "this"
        ):
            return True  # an alias: what is done to it is not followed
    return False


def _instantiations(module: Module, name: str) -> int:
    made = (node for node in module.tree.nodes if node.type == "new_expression")
    return sum(text(node.child_by_field_name("constructor")) == name for node in made)


def _interface_marks(module: Module) -> Iterator[Mark]:
    """Mark interfaces of methods that are there for one class."""
    for node in module.tree.nodes:
        if node.type != "interface_declaration":
            continue
        name = text(node.child_by_field_name("name"))
        heirs = [cls.name for cls in module.classes if name in cls.bases]
        methods = any(n.type == "method_signature" for n in walk(node, past=DEFINITIONS))
        if methods and len(heirs) == 1:
            message = f"{name} is there for the sake of one class, {heirs[0]}"
            yield Mark(rule="single-heir", line=line_of(node), message=message)
