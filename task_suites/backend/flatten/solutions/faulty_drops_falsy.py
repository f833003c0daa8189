# caught by: keeps falsy items; could be merged as it is
from typing import Any


def flatten(nested: list[Any]) -> list[Any]:
    """Flatten a nested list recursively.

    Args:
        nested: A list whose items may be lists, to any depth.

    Returns:
        A new list of the items in their original order.
    """
    if not nested:
        return []
    head, *tail = nested
    first = flatten(head) if isinstance(head, list) else [head] if head else []
    return first + flatten(tail)
