"""On which line of a TOML file a key stands: tomllib does not say, and an error message must.

A file is cut into statements, each the fewest lines that tomllib itself accepts, so that strings and
arrays over several lines need no parser of our own. It is only done once there is something to say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

Path = tuple[str, ...]


def find_line(text: str, keys: Path) -> int | None:
    """Find where a key, or the table of that name, first appears.

    Args:
        text: A valid TOML document.
        keys: The key with all tables around it, outermost first.

    Returns:
        The line's number from 1, of the statement's first line; None where it does not appear.
    """
    table: Path = ()
    for number, statement in _statements(text):
        if statement.lstrip().startswith("["):
            table = _header(statement)
            if table[: len(keys)] == keys:
                return number
        elif any(path[: len(keys)] == keys for path in _paths(tomllib.loads(statement), table)):
            return number
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each key with its value, and each table's header, with the number of its first line."""
    pending: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        pending.append(line)
        statement = "\n".join(pending)
        try:
            found = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if found:
            yield number - len(pending) + 1, statement
        pending.clear()


def _header(statement: str) -> Path:
    """Take the names out of `[a.b]` or `[[a.b]]`."""
    names: list[str] = []
    value: object = tomllib.loads(statement)
    while value:
        if isinstance(value, dict):
            name, value = next(iter(value.items()))
            names.append(name)
        else:
            break
    return tuple(names)


def _paths(value: object, above: Path) -> Iterator[Path]:
    """Yield the names of every key, the ones in inline tables included."""
    if not isinstance(value, dict):
        yield above
        return
    yield above
    for name, inner in value.items():
        yield from _paths(inner, (*above, name))
