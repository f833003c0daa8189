"""Finds expected values of a body that stand in its prompt, where a model need only copy them.

Read from the source, by a rule that would rather miss one than name a wrong one: a literal that an
`assert` of the body compares for equality, and that the prompt shows as a value. Left out is what a
prompt has to name: short numbers, single words outside of quotes, the values of named fields, and what
stands in the prompt as a part of something larger, such as an argument of an example.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

_DIGITS = 4
"""Digits from which on a number is no accident."""

_TEXT = 4
"""Characters from which on a text that is not one word is no accident."""

_FEWEST_LEAVES = 2
"""Values that a list, a tuple, a set or a dict has at least, where it is no accident."""

_PART_OF_MORE = "[({,"
"""What stands before a value that is a part of another, or an argument."""


class Expected(NamedTuple):
    """A literal that the body expects: its line in the file, and its value."""

    line: int
    value: object


def expected_in_prompt(body: Callable[..., Any], prompt: str) -> list[Expected]:
    """Give the expected values of a body that its prompt shows, each once, in the order of the body."""
    lines, first = inspect.getsourcelines(body)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    squeezed = _squeezed(prompt)
    found: dict[str, Expected] = {}
    for line, value in _expected(tree):
        if _stands_in(value, prompt, squeezed):
            found.setdefault(repr(value), Expected(first + line - 1, value))
    return list(found.values())


def _expected(tree: ast.AST) -> Iterator[Expected]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            for compare in (inner for inner in ast.walk(node.test) if isinstance(inner, ast.Compare)):
                yield from _compared(compare)


def _compared(compare: ast.Compare) -> Iterator[Expected]:
    sides = [compare.left, *compare.comparators]
    for left, operator, right in zip(sides, compare.ops, sides[1:], strict=False):
        if not isinstance(operator, ast.Eq | ast.In):
            continue
        for side, other in ((left, right), (right, left)):
            if not _is_field(other):
                yield from (Expected(side.lineno, value) for value in _literals(side))


def _is_field(node: ast.expr) -> bool:
    """Tell whether a side is a named field, as in `reply["state"]`: a prompt has to say what it may hold."""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)


def _literals(node: ast.expr) -> Iterator[object]:
    try:
        yield ast.literal_eval(node)
    except (ValueError, TypeError):
        for inner in _inside(node):
            yield from _literals(inner)


def _inside(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.Tuple(elts=elts) | ast.List(elts=elts) | ast.Set(elts=elts):
            return elts
        case ast.Dict(values=values):
            return values
        case ast.Call(
            func=ast.Attribute(attr="approx") | ast.Name(id="approx"), args=[expected, *_]
        ):  # of pytest
            return [expected]
        case _:
            return []


def _stands_in(value: object, prompt: str, squeezed: str) -> bool:
    if value is None or isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        number = re.escape(repr(value))
        return sum(map(str.isdigit, repr(value))) >= _DIGITS and _found(rf"(?<![\w.]){number}(?!\w)", prompt)
    if isinstance(value, str):
        return _text_stands_in(value, prompt)
    if isinstance(value, list | tuple | set | dict) and _leaves(value) >= _FEWEST_LEAVES:
        return any(_container_stands_in(form, squeezed) for form in _forms(value))
    return False


def _text_stands_in(value: str, prompt: str) -> bool:
    if len(value) <= 1:
        return False
    text = re.escape(value)
    if re.fullmatch(r"\w+", value):  # in quotes, and not as a key
        return _found(rf"""(["']){text}\1(?!\s*:)""", prompt)
    return len(value) >= _TEXT and _found(rf"(?<!\w){text}(?!\w)", prompt)


def _container_stands_in(form: str, squeezed: str) -> bool:
    return _found(rf"(?<![{re.escape(_PART_OF_MORE)}]){re.escape(form)}", squeezed)


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


def _leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    if isinstance(value, list | tuple | set):
        return sum(map(_leaves, value))
    return 1


def _forms(value: object) -> Iterator[str]:
    """Give the ways in which a prompt would write a value: Python's and JSON's."""
    yield _squeezed(repr(value))
    try:
        yield _squeezed(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        return


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", '"')
