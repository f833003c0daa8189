"""Flatten nested lists."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

T = TypeVar("T")

Nested: TypeAlias = "list[T | Nested[T]]"


def flatten(nested: Nested[T]) -> list[T]:
    """Return the items of a nested list as one flat list, in their original order.

    Only lists are opened. Strings, tuples, dicts and everything else are items and are kept whole.

    Args:
        nested: A list whose items may be lists, to any depth. It is not changed.

    Returns:
        A new list of the items. Empty lists leave nothing behind.

    Raises:
        RecursionError: If the lists are nested deeper than the interpreter's recursion limit.

    Examples:
        >>> flatten([1, [2, [3, []]], "four"])
        [1, 2, 3, 'four']
    """
    flat: list[T] = []

    def collect(items: Nested[T]) -> None:
        for item in items:
            if isinstance(item, list):
                collect(item)
            else:
                flat.append(item)

    collect(nested)
    return flat
