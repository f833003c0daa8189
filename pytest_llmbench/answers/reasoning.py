"""Reasoning inside a reply: what a model thought aloud before it answered is a draft, never the answer.

`<think>` and `<thinking>` count where Markdown would show them as tags: in a fence or in inline code
they are code. So:

- `<think>…</think>`: what is between is reasoning, the fences in it too. Within one line of prose
  the two are a mention of the tags.
- `</think>` alone: some servers swallow the opening tag; everything before it is reasoning.
- `<think>` alone at the start of a line: everything behind it is reasoning. What stands before it is
  the answer; where nothing does, there is none, whether the reply was cut off or not: a draft is
  not graded.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

_TAG = re.compile(r"(?<![`\"'])<(/?)think(?:ing)?>", re.IGNORECASE)
_CLOSING = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_SPACE = re.compile(r"[ \t]*")
_FENCE = re.compile(r"[ \t>]*+(?:[-*+]|\d{1,9}[.)])?[ \t]*+(`{3,}(?=[^`\n]*$)|~{3,})", re.MULTILINE)
_CLOSING_FENCE = re.compile(r"[ \t>]*+(`{3,}|~{3,})[ \t]*+$", re.MULTILINE)

UNENDED = "the reply ends inside its reasoning"


class Stripped(NamedTuple):
    """A reply without its reasoning, which has left blank lines behind so that line numbers hold."""

    text: str
    notes: tuple[str, ...] = ()


def strip_reasoning(text: str) -> Stripped:
    """Blank out the reasoning of a reply whose lines end in LF; in linear time."""
    if not _TAG.search(text):
        return Stripped(text=text)
    walk = _Walk(text)
    walk.run()
    blank = "\n" * text.count("\n", 0, walk.begin)
    return Stripped(text=blank + "".join(walk.kept), notes=tuple(dict.fromkeys(walk.notes)))


class _Walk:
    """One pass over the text that knows whether it is inside a fence.

    It works with positions and never with the rest of a line or of the text: a copy of that for
    each of a hundred thousand tags would be quadratic.
    """

    def __init__(self, text: str) -> None:
        self.kept: list[str] = []
        self.notes: list[str] = []
        self.begin = 0
        self._text = text
        self._closings = [(match.start(), match.end()) for match in _CLOSING.finditer(text)]
        self._answered = False
        self._fence: str | None = None

    def run(self) -> None:
        position = end = 0
        while position < len(self._text):
            if position >= end:
                end = self._text.find("\n", position) + 1 or len(self._text)
            position = self._line(position, end)

    def _line(self, start: int, end: int) -> int:
        """Take one line, or what is left of it, and give where to go on."""
        if self._toggles_fence(start) or self._fence is not None:
            return self._keep(start, end)
        first = _matched_to(_SPACE, self._text, start)
        for tag in _TAG.finditer(self._text, start, end):
            if tag[1]:
                return self._drop_what_was_kept(start, tag)
            closing = self._closing_after(tag.end())
            if tag.start() == first or (closing is not None and closing[0] >= end):
                return self._skip(start, tag.start(), closing)
            if closing is not None:
                # A mention of both tags in one line; what follows is looked at afresh.
                return self._keep(start, closing[1])
        return self._keep(start, end)

    def _toggles_fence(self, start: int) -> bool:
        if self._fence is None:
            opened = _FENCE.match(self._text, start)
            self._fence = opened[1] if opened else None
            return opened is not None
        closed = _CLOSING_FENCE.match(self._text, start)
        if closed and closed[1].startswith(self._fence):
            self._fence = None
            return True
        return False

    def _closing_after(self, position: int) -> tuple[int, int] | None:
        index = bisect_left(self._closings, (position, 0))
        return self._closings[index] if index < len(self._closings) else None

    def _keep(self, start: int, end: int) -> int:
        part = self._text[start:end]
        self.kept.append(part)
        self._answered = self._answered or bool(part.strip())
        return end

    def _drop_what_was_kept(self, start: int, tag: re.Match[str]) -> int:
        if self._answered or self._text[start : tag.start()].strip():
            self.notes.append("what stands before a lone </think> was taken as reasoning")
        self.kept.clear()
        self._answered = False
        self.begin = tag.end()
        return tag.end()

    def _skip(self, start: int, tag: int, closing: tuple[int, int] | None) -> int:
        if closing is None:
            self.notes.append(UNENDED)
            return len(self._text)
        self._keep(start, tag)
        if self._answered:
            self.notes.append("reasoning in the middle of the reply was left out")
        self.kept.append("\n" * self._text.count("\n", tag, closing[1]))
        return closing[1]


def _matched_to(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
