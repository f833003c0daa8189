"""Type hints: those that are missing, and those that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_llmbench.scoring.analyzers.python_source import Function, Module
from pytest_llmbench.scoring.analyzers.tally import Mark

_VAGUE = re.compile(
    r"\bAny\b|^(?:list|dict|set|tuple|frozenset|List|Dict|Set|Tuple|Iterable|Iterator|Sequence|Mapping|object)$"
)
_MOSTLY = 0.5


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


def _vague_marks(functions: list[Function]) -> Iterator[Mark]:
    hints = [(hint, function.line) for function in functions for hint in _hints(function)]
    vague = [line for hint, line in hints if _VAGUE.search(hint)]
    if vague and len(vague) >= _MOSTLY * len(hints):
        text = f"{len(vague)} of {len(hints)} type hints leave open what is inside (Any, or a bare container)"
        yield Mark(rule="vague-hint", line=vague[0], message=text)


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
