"""A review's remarks, taken out of the JSON that a reply holds.

A remark names a line and says what is wrong there, why, and what to do. Replies are read leniently
where the meaning is plain, and each liberty is noted for the report; what is not a remark is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pytest_llmbench.scoring.review.lenient import read_json
from pytest_llmbench.values import Value

MAX_REMARKS = 200
"""Remarks of one reply that are looked at."""

MAX_FIELD = 2000
"""Characters of a remark's field that are looked at."""

MAX_SPAN = 12
"""Lines that one remark may name; one that names more stands for its first line alone."""

RENAMED = "fields under other names"
WRAPPED = "the list inside another object"
SEVERAL = "several JSON blocks, read as one list"
BARE = "the list outside of a code block"
ODD_LINE = "line numbers that are not plain numbers"
WIDE = f"ranges of more than {MAX_SPAN} lines, read as their first line"
REPEATED = "remarks that are there twice"

_FIELDS = {
    "line": ("line", "lines", "line_number", "linenumber", "line_no", "location"),
    "severity": ("severity", "level", "priority"),
    "title": ("title", "name", "issue", "problem", "summary"),
    "why": ("why", "reason", "description", "explanation", "impact", "details", "because"),
    "fix": ("fix", "suggestion", "recommendation", "solution", "remedy"),
}
_NUMBER = re.compile(r"(?<![\w.])[Ll]?(\d{1,6})(?![\w.]*\d)")
_LIST_START = re.compile(r"\[\s*+\{")
_MAX_WALK = 2000
_MAX_LINE = 1_000_000


class Remark(Value):
    """One remark. `first` and `last` are the lines that it names; None where it names none."""

    number: int
    first: int | None = None
    last: int | None = None
    severity: str = ""
    title: str = ""
    why: str = ""
    fix: str = ""


class Remarks(Value):
    """The remarks of a reply in its order; `notes` say which liberties were taken to read them."""

    items: tuple[Remark, ...] = ()
    notes: tuple[str, ...] = ()


def read_remarks(blocks: Sequence[str], prose: str = "") -> Remarks:
    """Read the remarks of a reply.

    Args:
        blocks: The code of the reply's JSON blocks, in order.
        prose: The reply without its code blocks; a list that stands there counts where no block
            holds one.
    """
    remarks = _Remarks()
    for block in blocks:
        remarks.add(block)
    start = None if remarks.items else _LIST_START.search(prose)
    if start is not None:
        remarks.add(prose[start.start() :])
        remarks.note(BARE, when=bool(remarks.items))
    remarks.note(SEVERAL, when=remarks.sources > 1)
    return Remarks(items=tuple(remarks.items[:MAX_REMARKS]), notes=tuple(remarks.notes))


class _Remarks:
    """Collects remarks, and what was unusual about them."""

    def __init__(self) -> None:
        self.items: list[Remark] = []
        self.notes: dict[str, None] = {}
        self.sources = 0
        self._seen: set[tuple[object, ...]] = set()

    def note(self, what: str, *, when: bool = True) -> None:
        if when:
            self.notes[what] = None

    def add(self, text: str) -> None:
        roots, notes = read_json(text)
        found = list(_objects(roots))
        if not found:
            return
        self.sources += 1
        for note in notes:
            self.note(note)
        self.note(WRAPPED, when=any(depth > 1 for _, depth in found))
        for given, _ in found:
            self._take(given)

    def _take(self, given: dict[str, Any]) -> None:
        fields = _fields(given)
        self.note(RENAMED, when=any(name not in given for name in fields))
        first, last, odd = _lines(fields.get("line"))
        self.note(ODD_LINE, when=odd)
        if first is not None and last is not None and last - first >= MAX_SPAN:
            self.note(WIDE)
            last = first
        texts = {name: _text(fields.get(name)) for name in ("severity", "title", "why", "fix")}
        identity = (first, last, texts["title"], texts["why"])
        if identity in self._seen:
            self.note(REPEATED)
            return
        self._seen.add(identity)
        self.items.append(Remark(number=len(self.items) + 1, first=first, last=last, **texts))


def _objects(roots: Iterable[object]) -> Iterator[tuple[dict[str, Any], int]]:
    """All objects that look like remarks, in order, with how many objects and lists are around each."""
    stack = [(root, 0) for root in reversed(list(roots))]
    for _ in range(_MAX_WALK):
        if not stack:
            return
        value, depth = stack.pop()
        if isinstance(value, dict) and _is_remark(value):
            yield value, depth
        elif isinstance(value, dict | list):
            inner = list(value.values() if isinstance(value, dict) else value)
            stack += [(item, depth + 1) for item in reversed(inner[:MAX_REMARKS])]


def _is_remark(value: dict[str, Any]) -> bool:
    fields = _fields(value)
    said = [name for name in ("title", "why") if isinstance(fields.get(name), str)]
    return bool(said) and ("line" in fields or len(fields) > 1)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a remark under the names that the prompt gives them."""
    lower = {key.strip().lower().replace(" ", "_"): value for key, value in given.items()}
    return {
        field: lower[name]
        for field, names in _FIELDS.items()
        for name in [next((n for n in names if n in lower), None)]
        if name is not None
    }


def _lines(value: object) -> tuple[int | None, int | None, bool]:
    """The first and last line that a value names, and whether it is anything but a plain number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value, False) if abs(value) <= _MAX_LINE else (None, None, True)
    if isinstance(value, float):
        return (int(value), int(value), True) if abs(value) <= _MAX_LINE else (None, None, True)
    if isinstance(value, list):
        value = " ".join(str(item) for item in value[:10] if isinstance(item, int | str))
    if not isinstance(value, str):
        return None, None, value is not None
    numbers = [int(found) for found in _NUMBER.findall(value[:100])]
    if not numbers:
        return None, None, True
    return min(numbers), max(numbers), True


def _text(value: object) -> str:
    """A field's text; half a character, which JSON can hold, is replaced."""
    if isinstance(value, list):
        value = " ".join(str(item) for item in value[:20])
    text = "" if value is None else str(value)[:MAX_FIELD]
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
