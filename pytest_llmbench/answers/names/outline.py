"""The outline of masked code: what stands in no bracket, for languages whose blocks are brackets."""

from __future__ import annotations

import re

# A bracket, or the start of a line that begins with a letter in its first column.
_MARK = re.compile(r"[()\[\]{}]|(?<=\n)(?=[A-Za-z_$])")
_INSIDE = re.compile(r"[^\n]")


def outline(masked: str) -> str:
    """Blank everything inside brackets; the outermost brackets stay. Linear.

    A tolerant mask may have misread some code and so leave a bracket open. Therefore a line that
    begins with a letter in its first column always counts as outermost.
    """
    parts: list[str] = []
    depth = position = 0
    for mark in _MARK.finditer(masked):
        parts.append(_visible(masked[position : mark.start()], depth))
        position = mark.end()
        if not mark[0]:
            depth = 0
        elif mark[0] in "([{":
            parts.append(_visible(mark[0], depth))
            depth += 1
        else:
            depth = max(0, depth - 1)
            parts.append(_visible(mark[0], depth))
    parts.append(_visible(masked[position:], depth))
    return "".join(parts)


def _visible(text: str, depth: int) -> str:
    return _INSIDE.sub(" ", text) if depth else text
