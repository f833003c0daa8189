"""Reads JSON as people and models write it: with comments, trailing commas, and ends that are missing.

Where the text is JSON, it is read as JSON. Where it is not, but what is meant is plain, it is read all
the same, and what was unusual is told. One pass over the tokens, without recursion: time grows with
the text's length and no faster, whatever the text is.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_TEXT = 1_000_000
"""Characters of a text that are looked at."""

MAX_DEPTH = 40
"""Levels of brackets; whoever opens more does not mean a list of remarks."""

COMMENTS = "comments in the JSON"
TRAILING = "a trailing or doubled comma"
QUOTES = "text in other quotes than JSON's, or in none"
INNER_QUOTES = "quotes inside a text that are not escaped"
ESCAPES = "line breaks or escapes in a text that JSON does not have"
UNCLOSED = "brackets that are not closed or do not match"
COMMAS = "commas that are missing"

# A quote inside a text is taken for its end only where something follows that can follow a text.
# An unclosed text runs to the end of all: any other way out would be tried again at each quote behind.
_DOUBLE = r'"(?:[^"\\]|\\.?|"(?!\s*(?:[,:}\]]|//|/\*|\Z)))*+(?:"|\Z)'
_SINGLE = r"'(?:[^'\\]|\\.?|'(?!\s*(?:[,:}\]]|//|/\*|\Z)))*+(?:'|\Z)"
_TOKEN = re.compile(
    rf"(?P<space>[\s\ufeff]+)"
    rf"|(?P<comment>//[^\n]*|\#[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/)?)"
    rf"|(?P<text>{_DOUBLE}|{_SINGLE})"
    rf"|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<comma>,)|(?P<colon>:)"
    rf"|(?P<word>[^\s\[\]{{}}:,\"'/#]++|.)",
    re.DOTALL,
)
_BRACKET = re.compile(r"[\[{]")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)|[\n\r\t]", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_JSON_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_CONSTANTS = _JSON_CONSTANTS | {"True": True, "False": False, "None": None}


def read_json(text: str) -> tuple[list[object], tuple[str, ...]]:
    """Read all values that stand in a text, one after another.

    Args:
        text: The text; what is behind the first `MAX_TEXT` characters is not looked at.

    Returns:
        The outermost arrays and objects, and what was unusual about the text (empty where it is
        JSON). Words that stand outside of any bracket are skipped.
    """
    text = text[:MAX_TEXT]
    try:
        return [json.loads(text)], ()
    except (ValueError, RecursionError):
        # An apostrophe in a word before the list would open a text.
        start = _BRACKET.search(text)
        return _Reader().read(text[start.start() :]) if start else ([], ())


class _Reader:
    """Builds values of tokens. A container is [value so far, key that waits for its value]."""

    def __init__(self) -> None:
        self._roots: list[object] = []
        self._stack: list[tuple[list[object] | dict[str, object], str]] = []
        self._key: str | None = None
        self._noted: dict[str, None] = {}
        self._before = "open"

    def read(self, text: str) -> tuple[list[object], tuple[str, ...]]:
        for match in _TOKEN.finditer(text):
            kind = str(match.lastgroup)
            if kind == "comment":
                self._note(COMMENTS, when=bool(self._stack))
            elif kind != "space" and not self._take(kind, match.group()):
                break
        if self._stack:
            self._note(UNCLOSED)
        while self._stack:
            self._close()
        return self._roots, tuple(self._noted)

    def _take(self, kind: str, token: str) -> bool:
        if kind == "open":
            if len(self._stack) >= MAX_DEPTH:
                return False
            self._open(token)
        elif not self._stack:
            return True
        elif kind == "close":
            self._note(TRAILING, when=self._before == "comma")
            self._note(UNCLOSED, when=token != self._stack[-1][1])
            self._close()
        elif kind == "comma":
            self._note(TRAILING, when=self._before in ("comma", "open"))
            self._key = None
        elif kind in ("text", "word"):
            self._put(self._value(kind, token))
        self._before = kind
        return True

    def _open(self, bracket: str) -> None:
        self._note(COMMAS, when=self._before in ("close", "text", "word") and bool(self._stack))
        container: list[object] | dict[str, object] = [] if bracket == "[" else {}
        if self._stack:
            self._add(container)
        else:
            self._roots.append(container)
        self._stack.append((container, "]" if bracket == "[" else "}"))
        self._key = None

    def _close(self) -> None:
        self._stack.pop()
        self._key = None

    def _put(self, value: object) -> None:
        self._note(COMMAS, when=self._before in ("close", "text", "word"))
        if isinstance(self._stack[-1][0], dict) and self._key is None:
            self._key = str(value)
        else:
            self._add(value)

    def _add(self, value: object) -> None:
        top = self._stack[-1][0]
        if isinstance(top, list):
            top.append(value)
        else:
            top[self._key or ""] = value
            self._key = None

    def _value(self, kind: str, token: str) -> object:
        if kind == "text":
            return self._text(token)
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        if _NUMBER.fullmatch(token):
            return float(token) if "." in token else int(token)
        self._note(QUOTES)
        return token

    def _text(self, token: str) -> str:
        quote = token[0]
        body = token[1:-1] if len(token) > 1 and token[-1] == quote else token[1:]
        self._note(QUOTES, when=quote == "'")
        self._note(INNER_QUOTES, when=quote == '"' and re.search(r'(?<!\\)"', body) is not None)
        # A character beyond the first 65,536 is written as two escapes.
        halves = _ESCAPE.sub(self._unescape, body)
        return halves.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    def _unescape(self, match: re.Match[str]) -> str:
        escape = match[1]
        if escape is None:
            self._note(ESCAPES)
            return match[0]
        if len(escape) > 1:
            return chr(int(escape[1:], 16))
        self._note(ESCAPES, when=escape not in _ESCAPED)
        return _ESCAPED.get(escape, escape)

    def _note(self, what: str, *, when: Any = True) -> None:
        if when:
            self._noted[what] = None
