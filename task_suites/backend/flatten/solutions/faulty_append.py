# caught by: opens every level
from typing import Any


def flatten(nested: list[Any]) -> list[Any]:
    """Flatten a nested list recursively.

    Args:
        nested: A list whose items may be lists, to any depth.

    Returns:
        A new list of the items in their original order.
    """
    result: list[Any] = []
    for item in nested:
        if isinstance(item, list):
            result.append(flatten(item))
        else:
            result.append(item)
    return result
