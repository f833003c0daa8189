# caught by: leaves its input as it was; gives a new list, call after call
from typing import Any


def flatten(nested: list[Any]) -> list[Any]:
    """Flatten a nested list, with the list itself as the stack of what is still to do.

    Args:
        nested: A list whose items may be lists, to any depth.

    Returns:
        A new list of the items in their original order.
    """
    result: list[Any] = []
    while nested:
        item = nested.pop()
        if isinstance(item, list):
            nested.extend(item)
        else:
            result.append(item)
    result.reverse()
    return result
