# caught by: opens 300 levels
from typing import Any

MAX_DEPTH = 100


def flatten(nested: list[Any], _depth: int = 0) -> list[Any]:
    """Flatten a nested list recursively.

    Args:
        nested: A list whose items may be lists, up to 100 levels deep.

    Returns:
        A new list of the items in their original order.

    Raises:
        ValueError: If the list is nested too deeply.
    """
    if _depth > MAX_DEPTH:
        raise ValueError(f"the list is nested more than {MAX_DEPTH} levels deep")
    result: list[Any] = []
    for item in nested:
        if isinstance(item, list):
            result.extend(flatten(item, _depth + 1))
        else:
            result.append(item)
    return result
