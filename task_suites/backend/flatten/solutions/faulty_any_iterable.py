# caught by: keeps a tuple whole; opens lists and nothing else
from collections.abc import Iterable
from typing import Any


def flatten(nested: Iterable[Any]) -> list[Any]:
    """Flatten any nested iterable recursively; strings and bytes are kept whole.

    Args:
        nested: An iterable whose items may be iterables, to any depth.

    Returns:
        A new list of the items in their original order.
    """
    result: list[Any] = []
    for item in nested:
        if isinstance(item, Iterable) and not isinstance(item, (str, bytes)):
            result.extend(flatten(item))
        else:
            result.append(item)
    return result
