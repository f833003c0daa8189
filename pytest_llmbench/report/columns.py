"""Text in a terminal's cells: how wide it is, and how it is cut and padded."""

from __future__ import annotations

import unicodedata


def measure(text: str) -> int:
    """Count the cells that a text takes: two for a wide character, none for a combining one."""
    return sum(map(_cells, text))


def cut(text: str, cells: int) -> str:
    """Shorten a text to a number of cells, with an ellipsis where something is lost."""
    if measure(text) <= cells:
        return text
    kept, used = [], 0
    for character in text:
        used += _cells(character)
        if used > cells - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…" if cells > 0 else ""


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """Fill a text with spaces up to a number of cells; on its left where it is to stand at the right."""
    fill = " " * (cells - measure(text))
    return fill + text if right else text + fill


def wrap(text: str, cells: int, indent: str = "") -> list[str]:
    """Break a text at its spaces into lines of at most some cells, the second and later ones indented."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        room = cells - measure(line) - bool(line.strip())
        if line.strip() and measure(word) > room:
            lines.append(line)
            line = indent
        line += (" " if line.strip() else "") + cut(word, max(1, cells - measure(indent)))
    return [*lines, line] if line.strip() else lines


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
