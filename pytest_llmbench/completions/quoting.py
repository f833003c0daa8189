"""Quotes what a server said in an error message: one line, short, without control characters."""

from __future__ import annotations

import unicodedata

_LIMIT = 300
"""Characters of a server's own words in a message."""


def quoted(text: str, limit: int = _LIMIT) -> str:
    """Quote a text of a stranger's.

    Args:
        text: Anything; only its first few thousand characters are looked at.
        limit: The characters to keep.
    """
    printable = "".join(_shown(char) for char in text[: limit * 10])
    line = " ".join(printable.split())
    return f"'{line}'" if len(line) <= limit else f"'{line[: limit - 1]}…'"


def _shown(char: str) -> str:
    """Control, format (also of direction) and private characters become a space."""
    return " " if unicodedata.category(char).startswith("C") else char
