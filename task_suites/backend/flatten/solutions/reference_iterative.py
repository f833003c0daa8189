"""Flatten nested lists of any depth, without a limit set by the interpreter's recursion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias, TypeVar

T = TypeVar("T")

Nested: TypeAlias = "list[T | Nested[T]]"


def flatten(nested: Nested[T]) -> list[T]:
    """Return the items of a nested list as one flat list, in their original order.

    The recursion is kept on a stack of iterators, so that memory alone limits the depth. Only
    lists are opened; strings, tuples, dicts and everything else are kept whole.

    Args:
        nested: A list whose items may be lists, to any depth. It is not changed, and must not
            contain itself.

    Returns:
        A new list of the items. Empty lists leave nothing behind.

    Examples:
        >>> flatten([1, [2, [3, []]], "four"])
        [1, 2, 3, 'four']
    """
    flat: list[T] = []
    stack: list[Iterator[T | Nested[T]]] = [iter(nested)]
    while stack:
        for item in stack[-1]:
            if isinstance(item, list):
                stack.append(iter(item))
                break
            flat.append(item)
        else:
            stack.pop()
    return flat
