# caught by: gives a new list, call after call
from typing import Any


def flatten(nested: list[Any], result: list[Any] = []) -> list[Any]:
    """Flatten a nested list recursively.

    Args:
        nested: A list whose items may be lists, to any depth.
        result: Where the recursion collects the items; callers leave it out.

    Returns:
        A new list of the items in their original order.
    """
    for item in nested:
        if isinstance(item, list):
            flatten(item, result)
        else:
            result.append(item)
    return result
