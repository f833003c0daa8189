"""Type hints: those that are missing, those that say nothing, and those that the code contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_llmbench.scoring.analyzers.python_source import Function, Module, Param
from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.syntax import line_of, text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_VAGUE = re.compile(
    r"\bAny\b|^(?:list|dict|set|tuple|frozenset|List|Dict|Set|Tuple|Iterable|Iterator|Sequence|Mapping|object)$"
)
_EMPTY = frozenset({"Any", "typing.Any", "object"})
_MOSTLY = 0.5

_SUBTYPES = {
    "list": {"list"},
    "tuple": {"tuple"},
    "set": {"set"},
    "str": {"str"},
    "dict": {"dict", "OrderedDict", "defaultdict", "Counter"},
    "int": {"int", "bool"},
    "float": {"float", "int", "bool"},
}
"""What a hint of a concrete type lets in, as far as the standard library goes."""

_TYPES = frozenset().union(*_SUBTYPES.values()) | {
    *("bytes", "frozenset", "deque", "range", "Iterable", "Iterator", "Sequence", "Collection", "Container"),
    *("MutableSequence", "Mapping", "MutableMapping", "Generator"),
}


def hint_marks(module: Module) -> Iterator[Mark]:
    """Mark functions without hints, each with its share of the module's; and hints that are mostly `Any`."""
    functions = [function for function in module.functions if not function.nested]
    places = sum(_places(function) for function in functions)
    for function in functions:
        missing = _missing(function)
        if missing:
            share = min(1.0, len(missing) / places)
            text = f"{function.name}: no type hint for {', '.join(missing)}"
            yield Mark(rule="missing-hint", line=function.line, message=text, share=share)
    yield from _vague_marks(functions)
    for function in module.functions:
        yield from _contradiction_marks(module, function)


def _vague_marks(functions: list[Function]) -> Iterator[Mark]:
    hints = [(hint, function.line) for function in functions for hint in _hints(function)]
    vague = [line for hint, line in hints if _VAGUE.search(hint)]
    empty = sum(hint in _EMPTY for hint, _ in hints)
    if vague and len(vague) >= _MOSTLY * len(hints):
        message = (
            f"{len(vague)} of {len(hints)} type hints leave open what is inside (Any, or a bare container)"
        )
        # A container of anything is a third of the fault that a hint of anything at all is.
        share = (1 + 2 * empty / len(hints)) / 3
        yield Mark(rule="vague-hint", line=vague[0], message=message, share=share)


def _returns(function: Function) -> bool:
    """Whether a return hint is due; a checker knows what special methods return."""
    return not (function.name.startswith("__") and function.name.endswith("__"))


def _places(function: Function) -> int:
    return len(function.params) + _returns(function)


def _missing(function: Function) -> list[str]:
    missing = [param.name for param in function.params if param.annotation is None]
    if function.returns is None and _returns(function):
        missing.append("the result")
    return missing


def _hints(function: Function) -> list[str]:
    hints = [param.annotation for param in function.params if not param.star]
    return [hint for hint in [*hints, function.returns] if hint is not None and hint != "None"]


def _contradiction_marks(module: Module, function: Function) -> Iterator[Mark]:
    """Mark where a function hands itself what its own hints do not let in."""
    for call in walk(function.body):
        called = text(call.child_by_field_name("function")) if call.type == "call" else ""
        given = call.child_by_field_name("arguments")
        if called not in {function.name, f"self.{function.name}"} or given is None:
            continue
        for argument, param in zip(given.named_children, function.params, strict=False):
            admitted = _SUBTYPES.get(_concrete(param))
            found = _checked_types(module, call, text(argument)) if argument.type == "identifier" else set()
            if admitted is not None and (others := sorted(found - admitted)):
                message = f"{param.name} is hinted as {_concrete(param)}, but gets {', '.join(others)} here"
                yield Mark(rule="contradicted-hint", line=line_of(call), message=message)


def _concrete(param: Param) -> str:
    return (param.annotation or "").partition("[")[0].strip().lower()


def _checked_types(module: Module, call: Node, name: str) -> set[str]:
    """Give the types that `isinstance` has let through, in the nearest condition that a call stands under."""
    for parent in module.ancestors(call):
        if parent.type == "function_definition":
            break
        condition = parent.child_by_field_name("condition") if parent.type == "if_statement" else None
        if parent.type == "conditional_expression":
            condition = parent.named_children[1]
        if condition is not None and (found := _isinstance_types(condition, name)):
            return found
    return set()


def _isinstance_types(condition: Node, name: str) -> set[str]:
    if condition.type == "not_operator":
        return set()
    for node in walk(condition):
        if node.type != "call" or text(node.child_by_field_name("function")) != "isinstance":
            continue
        given = node.child_by_field_name("arguments")
        if given is not None and given.named_children and text(given.named_children[0]) == name:
            return {text(n) for n in walk(given) if n.type == "identifier"} & _TYPES
    return set()
