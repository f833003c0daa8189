"""Habits that go wrong sooner or later in JavaScript: what nobody waits for, what is shared, what is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_llmbench.scoring.analyzers.ecmascript_source import DEFINITIONS, FUNCTIONS, Function, Module
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.syntax import line_of, text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_CHANGES = frozenset({"assignment_expression", "augmented_assignment_expression", "update_expression"})
_SETTLED = frozenset({"return_statement", "await_expression", "arrow_function", "variable_declarator"})
_HANDED_ON = frozenset({"assignment_expression", "arguments", "array", "pair", "yield_expression"})
_FETCHES = re.compile(r"\bfetch\w*\s*\(")
_LOGS = re.compile(r"console\.\w+\(")


def bug_marks(module: Module) -> Iterator[Mark]:
    """Mark what will go wrong, or slow, in use."""
    for node in module.tree.nodes:
        if node.type == "call_expression":
            yield from _call_marks(module, node)
        elif node.type == "catch_clause":
            yield from _catch_marks(node)
        elif node.type == "await_expression":
            yield from _await_marks(module, node)
        elif node.type == "new_expression":
            yield from _pattern_marks(node)
    for function in module.functions:
        yield from _response_marks(function)
        yield from _argument_marks(function)
        yield from _list_marks(function)
        yield from _arrival_marks(module, function)
    yield from _state_marks(module)


def _callee(call: Node) -> tuple[str, str]:
    """Give what a method is called on, and its name; ("", name) for a plain function."""
    called = call.child_by_field_name("function")
    if called is None or called.type != "member_expression":
        return "", text(called)
    return text(called.child_by_field_name("object")), text(called.child_by_field_name("property"))


def _arguments(call: Node) -> list[Node]:
    given = call.child_by_field_name("arguments")
    return [] if given is None else [n for n in given.named_children if n.type != "comment"]


def _is_async(node: Node) -> bool:
    return node.type in FUNCTIONS and any(child.type == "async" for child in node.children)


def _call_marks(module: Module, call: Node) -> Iterator[Mark]:
    target, name = _callee(call)
    given = _arguments(call)
    if name == "forEach" and given and _is_async(given[0]):
        message = "forEach does not wait for an async function, and loses what it rejects with"
        yield Mark(rule="async-for-each", line=line_of(call), message=message)
    elif name == "then" and _is_dropped(module, call):
        yield Mark(rule="dropped-promise", line=line_of(call), message="nobody waits for this promise")
    elif (target, name) in {("", "parseInt"), ("Number", "parseInt"), ("", "parseFloat")}:
        yield Mark(rule="parse-prefix", line=line_of(call), message=f"{name} takes 10abc for 10")


def _is_dropped(module: Module, call: Node) -> bool:
    """Tell whether a promise chain is a statement of its own, without a handler of rejections."""
    if len(_arguments(call)) > 1:
        return False
    for parent in module.tree.ancestors(call):
        if parent.type == "expression_statement":
            return True
        if parent.type in _SETTLED or parent.type in _HANDED_ON:
            return False
        if parent.type == "member_expression" and text(parent.child_by_field_name("property")) in {
            "catch",
            "finally",
        }:
            return False
    return False


def _arrival_marks(module: Module, function: Function) -> Iterator[Mark]:
    """Mark a callback of `map` that waits, and then pushes to a list of its surroundings."""
    if not function.is_async or _receiver(module, function.node) != "map":
        return
    inside = list(walk(function.body, past=FUNCTIONS))
    own = {text(n.child_by_field_name("name")) for n in inside if n.type == "variable_declarator"}
    calls = [_callee(node) for node in inside if node.type == "call_expression"]
    lists = [target for target, name in calls if name == "push" and target and target not in own]
    if lists and any(node.type == "await_expression" for node in inside):
        message = f"{lists[0]} is filled in the order in which promises settle"
        yield Mark(rule="order-of-arrival", line=function.line, message=message)


def _receiver(module: Module, node: Node) -> str:
    """Give the name of the function that a node is an argument of; "" where it is none."""
    around = module.tree.parent(node)
    call = None if around is None else module.tree.parent(around)
    return "" if call is None or call.type != "call_expression" else _callee(call)[1]


def _catch_marks(clause: Node) -> Iterator[Mark]:
    """Mark a catch after which all goes on as though nothing had been: it is told to nobody but a log."""
    body = clause.child_by_field_name("body")
    inside = [] if body is None else [n for n in body.named_children if n.type != "comment"]
    caught = text(clause.child_by_field_name("parameter"))
    for statement in inside:
        if statement.type == "return_statement":
            given = statement.named_children[0].type if statement.named_children else "undefined"
            if given not in {"null", "undefined", "array", "object", "false"}:
                return
        elif not (statement.type == "expression_statement" and _LOGS.match(text(statement))):
            return
    if not inside or caught:
        message = "errors end here: who called gets a value that says nothing of them"
        yield Mark(rule="swallowed-error", line=line_of(clause), message=message)


def _await_marks(module: Module, node: Node) -> Iterator[Mark]:
    parent = module.tree.parent(node)
    if parent is not None and parent.type == "return_statement" and not _in_try(module, node):
        yield Mark(rule="return-await", line=line_of(node), message="return hands the promise on by itself")
    waited = text(node.named_children[0]) if node.named_children else ""
    if re.search(r"\.forEach\($|\.forEach\(", waited):
        return  # the call itself is marked
    for parent in module.tree.ancestors(node):
        if parent.type in FUNCTIONS:
            return
        if parent.type in _LOOPS:
            asynchronous = any(child.type == "await" for child in parent.children)
            body = parent.child_by_field_name("body")
            inside = body is not None and body.start_byte <= node.start_byte < body.end_byte
            if inside and not asynchronous:
                message = "waits in each round of a loop: one after another"
                yield Mark(rule="await-in-loop", line=line_of(node), message=message)
            return


def _in_try(module: Module, node: Node) -> bool:
    for parent in module.tree.ancestors(node):
        if parent.type in FUNCTIONS:
            return False
        if parent.type == "try_statement":
            return True
    return False


def _pattern_marks(node: Node) -> Iterator[Mark]:
    given = _arguments(node)
    made = text(node.child_by_field_name("constructor"))
    if made == "RegExp" and given and given[0].type in {"identifier", "member_expression", "template_string"}:
        message = "a pattern made of what is given: its special characters have their meanings"
        yield Mark(rule="pattern-from-input", line=line_of(node), message=message)


def _response_marks(function: Function) -> Iterator[Mark]:
    """Mark a function that asks a server, reads the body, and never looks at the status."""
    whole = text(function.body)
    if function.nested or not _FETCHES.search(whole) or not re.search(r"\.(?:json|text)\s*\(\)", whole):
        return
    if not re.search(r"\.(?:ok|status)\b|[{,]\s?(?:ok|status)\b", whole):
        message = f"{function.name or 'a function'}: the page of an HTTP error passes for an answer"
        yield Mark(rule="unchecked-status", line=function.line, message=message)


def _argument_marks(function: Function) -> Iterator[Mark]:
    """Mark the first place where a function changes what it was given."""
    names = {param.name for param in function.params if param.name}
    for node in walk(function.body, past=DEFINITIONS):
        changed: Node | None = None
        if node.type in _CHANGES:
            changed = node.child_by_field_name("left") or node.child_by_field_name("argument")
        elif node.type == "call_expression" and _callee(node)[1] in {"sort", "reverse", "splice"}:
            called = node.child_by_field_name("function")
            on = None if called is None else called.child_by_field_name("object")
            if on is not None and on.type == "identifier" and text(on) in names:
                yield _changed(function, node, text(on))
                return
        if changed is None or changed.type not in {"member_expression", "subscript_expression"}:
            continue
        owner = text(changed.child_by_field_name("object"))
        if owner in names and "." not in owner:
            yield _changed(function, node, owner)
            return


def _changed(function: Function, node: Node, name: str) -> Mark:
    where = function.name or "a function"
    return Mark(rule="changed-argument", line=line_of(node), message=f"{where}: changes its argument {name}")


def _list_marks(function: Function) -> Iterator[Mark]:
    """Mark lists that are moved or copied whole for each item."""
    for loop in walk(function.body, past=DEFINITIONS):
        if loop.type not in _LOOPS:
            continue
        for node in walk(loop, past=DEFINITIONS):
            if node.type == "call_expression" and _callee(node)[1] in {"unshift", "sort", "toSorted"}:
                message = f"{_callee(node)[1]} in a loop: quadratic"
                yield Mark(rule="quadratic-list", line=line_of(node), message=message)
                return


def _state_marks(module: Module) -> Iterator[Mark]:
    """Mark variables of the module that functions change: calls influence each other."""
    shared = _module_variables(module)
    for function in module.functions:
        if function.nested or not shared:
            continue
        for node in walk(function.body):
            left = (
                (node.child_by_field_name("left") or node.child_by_field_name("argument"))
                if (node.type in _CHANGES)
                else None
            )
            if left is not None and left.type == "identifier" and text(left) in shared:
                name = text(left)
                shared.discard(name)
                message = f"{name} is one variable for all calls, and {function.name} changes it"
                yield Mark(rule="shared-variable", line=line_of(node), message=message)


def _module_variables(module: Module) -> set[str]:
    found: set[str] = set()
    for statement in module.tree.root.named_children:
        kind = statement.child_by_field_name("kind")
        if statement.type == "variable_declaration" or text(kind) == "let":
            found |= {
                text(n.child_by_field_name("name"))
                for n in statement.named_children
                if n.type == "variable_declarator"
            }
    return found
