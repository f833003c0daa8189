"""Habits that are wrong sooner or later: shared defaults, changed arguments, hidden quadratic cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_llmbench.scoring.analyzers.docstrings import parse_docstring
from pytest_llmbench.scoring.analyzers.documentation import tells_change
from pytest_llmbench.scoring.analyzers.python_source import Function, Module, Param, assignments
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.syntax import line_of, text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

CHANGING_METHODS = frozenset(
    {
        *("add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem"),
        *("popleft", "remove", "reverse", "setdefault", "sort", "update"),
    }
)
"""Methods of the built-in containers that change them."""

_MUTABLE_CALLS = frozenset({"list", "dict", "set", "deque", "defaultdict", "OrderedDict", "Counter"})
_MUTABLE_TYPES = frozenset({"list", "dictionary", "set", "list_comprehension", "dictionary_comprehension"})
_LOOPS = frozenset({"for_statement", "while_statement"})
_SEQUENCES = frozenset({"list", "list_comprehension"})


def bug_marks(module: Module) -> Iterator[Mark]:
    """Mark what will go wrong, or slow, in use."""
    for function in module.functions:
        yield from _argument_marks(function)
        yield from _item_recursion_marks(function)
    for node in module.nodes:
        if node.type == "call":
            yield from _front_marks(module, node)
            yield from _reduce_marks(module, node)
        elif node.type in {"assignment", "augmented_assignment"}:
            yield from _rebuilding_marks(module, node)
    yield from _import_time_marks(module)


def changed_arguments(function: Function) -> dict[str, int]:
    """Give the parameters whose objects a function changes although it returns something, with the line."""
    if not function.gives_result:
        return {}
    plain = [param for param in function.params if not param.star and not _has_mutable_default(param)]
    changes = {param.name: _change(function, param) for param in plain}
    return {name: line_of(change) for name, change in changes.items() if change is not None}


def _argument_marks(function: Function) -> Iterator[Mark]:
    for param in function.params:
        if param.default is None or not _is_mutable(param.default):
            continue
        if _change(function, param) is not None or _escapes(function, param):
            message = f"{function.name}: the default of {param.name} is one object, shared by all calls"
            yield Mark(rule="shared-default", line=line_of(param.default), message=message)
    if not function.public or tells_change(parse_docstring(function.docstring or "")):
        return
    for name, line in changed_arguments(function).items():
        message = f"{function.name}: changes its argument {name}, beside what it returns"
        yield Mark(rule="changed-argument", line=line, message=message)


def _has_mutable_default(param: Param) -> bool:
    return param.default is not None and _is_mutable(param.default)


def _is_mutable(default: Node) -> bool:
    if default.type == "call":
        return text(default.child_by_field_name("function")).rpartition(".")[2] in _MUTABLE_CALLS
    return default.type in _MUTABLE_TYPES


def _change(function: Function, param: Param) -> Node | None:
    """Give the first place where a parameter's own object is changed; None once the name was bound anew."""
    for node in walk(function.body):
        if node.type == "assignment" and text(node.child_by_field_name("left")) == param.name:
            return None
        if _changes(node, param.name):
            return node
    return None


def _changes(node: Node, name: str) -> bool:
    if node.type == "call":
        called = node.child_by_field_name("function")
        return (
            called is not None
            and called.type == "attribute"
            and text(called.child_by_field_name("object")) == name
            and text(called.child_by_field_name("attribute")) in CHANGING_METHODS
        )
    if node.type in {"assignment", "augmented_assignment"}:
        return _is_item_of(node.child_by_field_name("left"), name)
    if node.type == "delete_statement":
        return any(_is_item_of(child, name) for child in node.named_children)
    return False


def _is_item_of(node: Node | None, name: str) -> bool:
    return node is not None and node.type == "subscript" and text(node.child_by_field_name("value")) == name


def _escapes(function: Function, param: Param) -> bool:
    """Tell whether a parameter's object is given back, or handed on in a call to the function itself."""
    for node in walk(function.body):
        if node.type == "return_statement" and text(node).removeprefix("return").strip() == param.name:
            return True
        if node.type == "call" and text(node.child_by_field_name("function")) == function.name:
            given = node.child_by_field_name("arguments")
            if given is not None and any(text(child) == param.name for child in given.named_children):
                return True
    return False


def _front_marks(module: Module, call: Node) -> Iterator[Mark]:
    called, given = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if called is None or called.type != "attribute" or given is None or not _in_loop(module, call):
        return
    method = text(called.child_by_field_name("attribute"))
    first = text(given.named_children[0]) if given.named_children else ""
    moves_all = (method == "pop" and given.named_child_count == 1) or (
        method == "insert" and given.named_child_count > 1
    )
    if moves_all and first == "0":
        message = f"{method}(0…) in a loop moves every other item each time: quadratic"
        yield Mark(rule="quadratic-list", line=line_of(call), message=message)


def _rebuilding_marks(module: Module, node: Node) -> Iterator[Mark]:
    """`result = result + [...]` in a loop copies all that is there, each time around."""
    target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "assignment" or target is None or value is None or not _in_loop(module, node):
        return
    if _adds_to_list(module, value, text(target)):
        message = f"{text(target)} is copied each time around the loop: quadratic"
        yield Mark(rule="quadratic-list", line=line_of(node), message=message)


def _reduce_marks(module: Module, call: Node) -> Iterator[Mark]:
    """`reduce(lambda done, item: done + [...])` does the same."""
    if text(call.child_by_field_name("function")).rpartition(".")[2] != "reduce":
        return
    given = call.child_by_field_name("arguments")
    folded = given.named_children[0] if given is not None and given.named_children else None
    if folded is None or folded.type != "lambda":
        return
    names, body = folded.child_by_field_name("parameters"), folded.child_by_field_name("body")
    if names is None or body is None or not names.named_children:
        return
    if _adds_to_list(module, body, text(names.named_children[0])):
        yield Mark(
            rule="quadratic-list", line=line_of(call), message="reduce copies the list so far: quadratic"
        )


def _adds_to_list(module: Module, value: Node, name: str) -> bool:
    if value.type != "binary_operator" or text(value.child_by_field_name("operator")) != "+":
        return False
    left, right = value.child_by_field_name("left"), value.child_by_field_name("right")
    if text(left) != name or right is None:
        return False
    return any(node.type in _SEQUENCES for node in walk(right)) or _begins_as_list(module, value, name)


def _begins_as_list(module: Module, inside: Node, name: str) -> bool:
    """Tell whether the function that a node stands in makes a name a list somewhere."""
    function = next((node for node in module.ancestors(inside) if node.type == "function_definition"), None)
    return function is not None and any(
        text(target) == name and value.type in _SEQUENCES
        for statement in walk(function)
        for target, value in assignments(statement)
    )


def _item_recursion_marks(function: Function) -> Iterator[Mark]:
    """Mark a function that calls itself with all but the first of its items."""
    tails = {
        text(node).lstrip("*")
        for node in walk(function.body)
        if node.type in {"list_splat_pattern", "splat_pattern"}
    }
    for node in walk(function.body):
        called = text(node.child_by_field_name("function")) if node.type == "call" else ""
        given = node.child_by_field_name("arguments")
        if called not in {function.name, f"self.{function.name}"} or given is None:
            continue
        if any(text(argument) in tails or _is_tail(argument) for argument in given.named_children):
            message = f"{function.name} calls itself once per item: the recursion limit is met by length"
            yield Mark(rule="item-recursion", line=line_of(node), message=message)
            return


def _is_tail(node: Node) -> bool:
    return node.type == "subscript" and re.search(r"\[\s*1\s*:\s*\]$", text(node)) is not None


def _in_loop(module: Module, node: Node) -> bool:
    for parent in module.ancestors(node):
        if parent.type in _LOOPS:
            return True
        if parent.type == "function_definition":
            return False
    return False


def _import_time_marks(module: Module) -> Iterator[Mark]:
    for statement in module.root.named_children:
        for node in statement.named_children if statement.type == "expression_statement" else ():
            called = text(node.child_by_field_name("function")) if node.type == "call" else ""
            if called in {"print", "main"}:
                message = f"{called}() runs whenever the module is imported"
                yield Mark(rule="import-time-effect", line=line_of(node), message=message)
