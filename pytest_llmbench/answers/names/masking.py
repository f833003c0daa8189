"""Masking: code with the insides of strings and comments blanked, so that what is left is syntax.

A masked text has the length and the lines of the original. The patterns always consume what they
start to match (a string that is not closed ends with its line or with the text) and never backtrack
far, so masking is linear. A template's `${…}` counts as string, an f-string's `{…}` too.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PYTHON = re.compile(
    r"(?P<comment>#[^\n]*+)"
    r'|(?P<span>"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+(?P<end>""")?'
    r"|'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+(?P<end2>''')?)"
    r'|"(?:[^"\\\n]++|\\[\s\S])*+"?'
    r"|'(?:[^'\\\n]++|\\[\s\S])*+'?"
)
_BLOCK_COMMENT = r"(?P<span>/\*(?:[^*]++|\*(?!/))*+(?P<end>\*/)?"
_SLASHED = r"(?P<comment>//[^\n]*+)|" + _BLOCK_COMMENT
_QUOTED = r'|"(?:[^"\\\n]++|\\[\s\S])*+"?' + r"|'(?:[^'\\\n]++|\\[\s\S])*+'?"
_GO = re.compile(_SLASHED + r"|`[^`]*+(?P<end2>`)?)" + _QUOTED)
# A slash starts a regular expression where no value can have ended before it.
_REGEX = (
    r"|(?P<before>(?:[(,=:\[!&|?{;+*%<>~^-]|\b(?:return|typeof|case)\b|^)[ \t]{0,50}+)"
    r"/(?![*/])(?:[^/\\\n\[]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n]){0,100}+\]){1,200}+/[a-z]{0,8}"
)
_JAVASCRIPT = re.compile(
    _SLASHED + r"|`(?:[^`\\]++|\\[\s\S])*+(?P<end2>`)?)" + _QUOTED + _REGEX, re.MULTILINE
)

_DELIMITERS = ('"""', "'''", '"', "'", "`")
_KEPT_LINE_END = re.compile(r"\\\n")
_INSIDE = re.compile(r"[^\n]")


class Masked(NamedTuple):
    """Masked code; `open` where it ends inside a string or comment that may span lines."""

    text: str
    open: bool = False


def mask_python(code: str) -> Masked:
    """Blank the insides of Python's strings, and its comments."""
    return _mask(_PYTHON, code)


def mask_javascript(code: str) -> Masked:
    """Blank strings, templates, regular expressions and comments of JavaScript or TypeScript."""
    return _mask(_JAVASCRIPT, code)


def mask_go(code: str) -> Masked:
    """Blank strings, raw strings, runes and comments of Go."""
    return _mask(_GO, code)


def _mask(pattern: re.Pattern[str], code: str) -> Masked:
    spans = [match for match in pattern.finditer(code) if match["span"] is not None]
    still_open = bool(spans) and spans[-1]["end"] is None and spans[-1]["end2"] is None
    return Masked(text=pattern.sub(_blanked, code), open=still_open)


def _blanked(match: re.Match[str]) -> str:
    text = match[0]
    groups = match.groupdict()
    if groups["comment"] or text.startswith("/*"):
        return _INSIDE.sub(" ", text)
    if groups.get("before") is not None:
        before = match["before"]
        return before + "'" + " " * (len(text) - len(before) - 2) + "'"
    quote = next(delimiter for delimiter in _DELIMITERS if text.startswith(delimiter))
    closed = len(text) >= 2 * len(quote) and text.endswith(quote)
    inside = text[len(quote) : -len(quote)] if closed else text[len(quote) :]
    return quote + _hollow(inside, quote) + (quote if closed else "")


def _hollow(inside: str, quote: str) -> str:
    if len(quote) == 1 and quote != "`":
        # A string in plain quotes reaches the next line only by a backslash, which has to stay.
        return "\\\n".join(" " * (len(part) - 1) for part in f"{inside} ".split("\n"))
    return _INSIDE.sub(" ", inside)
