"""The shape of a Python module: what is deeper, longer or more roundabout than its purpose needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pytest_llmbench.scoring.analyzers.python_bugs import CHANGING_METHODS
from pytest_llmbench.scoring.analyzers.python_source import (
    DEFINITIONS,
    Class,
    Function,
    Module,
    assignments,
    docstring_node,
)
from pytest_llmbench.scoring.analyzers.shape import shape_marks
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.syntax import line_of, text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_DENSITY = 3.5

_NAME = re.compile(r"\w+")
_ENDS = frozenset({"return_statement", "raise_statement", "continue_statement", "break_statement"})
_DENSITY = {"for_in_clause": 1.0, "if_clause": 1.0, "conditional_expression": 1.5, "lambda": 1.0}
_EXPRESSION_STATEMENTS = frozenset({"expression_statement", "return_statement"})


def structure_marks(module: Module, asked: Sequence[str]) -> Iterator[Mark]:
    """Mark the shape of a module; `asked` are the names that the task asks for, where it says so."""
    yield from shape_marks(module, "python")
    yield from _density_marks(module)
    yield from _unreachable_marks(module)
    yield from _unused_marks(module, asked)
    yield from _class_marks(module, asked)
    yield from _detour_marks(module)


def statements(function: Function) -> int:
    """Count a function's statements, those of nested blocks and functions included, docstrings left out."""
    blocks = [node for node in walk(function.body) if node.type == "block"]
    bodies = {function.body.id} | {
        body.id
        for node in walk(function.body)
        if node.type in DEFINITIONS and (body := node.child_by_field_name("body")) is not None
    }
    count = sum(child.type != "comment" for block in blocks for child in block.named_children)
    return count - sum(block.id in bodies and docstring_node(block) is not None for block in blocks)


def _density_marks(module: Module) -> Iterator[Mark]:
    for node in module.nodes:
        if node.type not in _EXPRESSION_STATEMENTS:
            continue
        inside = (inner.type for inner in walk(node, past=DEFINITIONS) if inner.is_named)
        density = sum(_DENSITY.get(kind, 0.0) for kind in inside)
        if density >= MAX_DENSITY:
            message = "one expression with several loops and conditions in it"
            yield Mark(rule="dense-expression", line=line_of(node), message=message)


def _unreachable_marks(module: Module) -> Iterator[Mark]:
    for block in module.nodes:
        if block.type != "block":
            continue
        inside = [node for node in block.named_children if node.type != "comment"]
        for before, after in pairwise(inside):
            if before.type in _ENDS:
                message = "never runs: it stands behind the end of its block"
                yield Mark(rule="unreachable", line=line_of(after), message=message)
                break


def _unused_marks(module: Module, asked: Sequence[str]) -> Iterator[Mark]:
    """Mark top-level names that nothing reaches from what was asked for."""
    top = _top_level(module)
    roots = _roots(module, top, asked)
    reached = _reached(top, roots)
    for name, nodes in top.items():
        if name in reached or name.startswith("__"):
            continue
        private = name.startswith("_") or (bool(module.exported) and name not in module.exported)
        if private:
            message = f"{name} is never used"
            yield Mark(rule="unused-helper", line=line_of(nodes[0]), message=message)
        elif asked and nodes[0].type in {"function_definition", "class_definition"}:
            message = f"{name} was not asked for, and nothing here uses it"
            yield Mark(rule="unasked", line=line_of(nodes[0]), message=message)


def _top_level(module: Module) -> dict[str, list[Node]]:
    """Give the statements that bind each top-level name."""
    found: dict[str, list[Node]] = {}
    for statement in module.root.named_children:
        node = statement
        if statement.type == "decorated_definition":
            node = statement.child_by_field_name("definition") or statement
        if node.type in {"function_definition", "class_definition"}:
            found.setdefault(text(node.child_by_field_name("name")), []).append(node)
        for target, _ in assignments(statement):
            if target.type == "identifier":
                found.setdefault(text(target), []).append(statement)
    return found


def _roots(module: Module, top: dict[str, list[Node]], asked: Sequence[str]) -> set[str]:
    """Give what is used from outside: the asked names or else the public ones, and what runs on import."""
    public = {name for name in top if not name.startswith("_")}
    roots = (set(asked) & public or public) if asked else public
    if module.exported:
        roots = (roots & module.exported) | set(asked)
    bound = {node.id for nodes in top.values() for node in nodes}
    for statement in module.root.named_children:
        inner = (
            statement.child_by_field_name("definition") if statement.type == "decorated_definition" else None
        )
        if statement.id not in bound:
            skip = None if inner is None else inner.id
            roots |= {text(n) for n in _walk_past(statement, skip) if n.type == "identifier"}
    return roots | module.exported


def _walk_past(node: Node, skip: int | None) -> Iterator[Node]:
    stack = [node]
    while stack:
        current = stack.pop()
        if current.id == skip:
            continue
        yield current
        stack.extend(current.children)


def _reached(top: dict[str, list[Node]], roots: set[str]) -> set[str]:
    reached: set[str] = set()
    queue = [name for name in roots if name in top]
    while queue:
        name = queue.pop()
        if name in reached:
            continue
        reached.add(name)
        for node in top[name]:
            # Names in hints that are strings count too.
            words = (text(n) for n in walk(node) if n.type in {"identifier", "string_content"})
            used = {name for found in words for name in _NAME.findall(found)}
            queue += [other for other in used if other in top and other not in reached]
    return reached


def _class_marks(module: Module, asked: Sequence[str]) -> Iterator[Mark]:
    known = {cls.name for cls in module.classes}
    wanted = {name.partition(".")[0] for name in asked}
    uses = Counter(module.names)
    for cls in module.classes:
        heirs = [other.name for other in module.classes if cls.name in other.bases]
        if _is_abstract(module, cls) and len(heirs) == 1:
            message = f"{cls.name} is abstract for the sake of one class, {heirs[0]}"
            yield Mark(rule="single-heir", line=cls.line, message=message)
        elif uses[cls.name] <= _MOST_USES and _is_function_in_disguise(module, cls, known):
            message = f"{cls.name} serves one call in one place: a function would do"
            yield Mark(rule="one-method-class", line=cls.line, message=message)
        elif wanted and cls.name not in wanted and _holds_nothing(module, cls, known):
            message = f"{cls.name} holds nothing: functions would do"
            yield Mark(rule="stateless-class", line=cls.line, message=message)


_MOST_USES = 3
"""The definition, one call, one hint for what it makes."""

_FEW_METHODS = 3


def _is_abstract(module: Module, cls: Class) -> bool:
    if not any(
        base.rpartition(".")[2].removeprefix("metaclass=") in {"ABC", "ABCMeta"} for base in cls.bases
    ):
        return False
    return any("abstractmethod" in decorator for f in _methods(module, cls) for decorator in f.decorators)


def _holds_nothing(module: Module, cls: Class, known: set[str]) -> bool:
    """Tell whether no method of a class uses what it is called on."""
    if cls.decorators or any(base not in known for base in cls.bases):
        return False
    methods = [f for f in _methods(module, cls) if not f.name.startswith("__")]
    return bool(methods) and not any(
        node.type == "identifier" and text(node) in {"self", "cls", "super", cls.name}
        for method in methods
        for node in walk(method.body)
    )


def _is_function_in_disguise(module: Module, cls: Class, known: set[str]) -> bool:
    """Tell whether a class is made in one place, for its one public method, and keeps no state."""
    if cls.decorators or any(base not in known for base in cls.bases):
        return False
    methods = [f for f in _methods(module, cls) if not f.name.startswith("__")]
    public = [f for f in methods if not f.name.startswith("_")]
    return (
        len(public) == 1
        and len(methods) <= _FEW_METHODS
        and not any(_keeps_state(method) for method in methods)
        and _instantiations(module, cls.name) == 1
    )


def _keeps_state(method: Function) -> bool:
    for node in walk(method.body):
        changed: Node | None = None
        if node.type in {"assignment", "augmented_assignment"}:
            changed = node.child_by_field_name("left")
        elif node.type == "call":
            called = node.child_by_field_name("function")
            if called is not None and text(called.child_by_field_name("attribute")) in CHANGING_METHODS:
                changed = called.child_by_field_name("object")
        if changed is not None and text(changed).startswith("self."):
            return True
    return False


def _methods(module: Module, cls: Class) -> list[Function]:
    return [function for function in module.functions if function.owner == cls]


def _instantiations(module: Module, name: str) -> int:
    """Count the calls of a class inside functions; what a script does with it is no matter."""
    calls = (node for node in module.nodes if node.type == "call")
    return sum(
        text(call.child_by_field_name("function")) == name
        and any(parent.type == "function_definition" for parent in module.ancestors(call))
        for call in calls
    )


def _detour_marks(module: Module) -> Iterator[Mark]:
    """Mark functions that only hand their arguments on to another function of the module."""
    own = {function.name for function in module.functions}
    for function in module.functions:
        docstring = docstring_node(function.body)
        inside = [n for n in function.body.named_children if n.type != "comment" and n != docstring]
        if len(inside) != 1 or inside[0].type != "return_statement" or not inside[0].named_children:
            continue
        call = inside[0].named_children[0]
        called = text(call.child_by_field_name("function")) if call.type == "call" else ""
        given = call.child_by_field_name("arguments") if called else None
        names = [text(n) for n in given.named_children] if given is not None else None
        if called.rpartition(".")[2] in own and names == [param.name for param in function.params]:
            message = f"{function.name} only hands on to {called}"
            yield Mark(rule="detour", line=function.line, message=message)
