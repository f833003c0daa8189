r"""Text that a model, a server or a candidate made is shown, not obeyed.

Control characters move cursors and colour terminals, bidirectional overrides and invisible characters
make code read otherwise than it runs. Each is replaced by something to look at: a control picture
(`\x1b` as ␛) or its code point (`[U+202E]`). Markup is not escaped here: that is the templates' part.
"""

from __future__ import annotations

import re

_SHOWN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, except tab and line feed
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"  # seen as nothing, or turning direction
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ufdd0-\ufdef"
    "\ud800-\udfff"  # halves of characters: they cannot be written to a file
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
_SPACE = re.compile(r"\s+")
_PICTURES = 0x2400
_DELETE = 0x7F


def clean(text: str) -> str:
    """Show what cannot be seen or must not be obeyed; tabs and line feeds stay, CRLF becomes a line feed."""
    if text.isascii() and text.isprintable():  # most of what a page is made of, told in a tenth of the time
        return text
    return _SHOWN.sub(_picture, text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 200) -> str:
    """Clean a text and put it on one line of at most `limit` characters."""
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    line = _SPACE.sub(" ", clean(text[: limit * 4])).strip()
    return line if len(line) <= limit and len(text) <= limit * 4 else line[: limit - 1].rstrip() + "…"


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:  # noqa: PLR2004 - the end of the C0 controls
        return chr(_PICTURES + code)
    return "␡" if code == _DELETE else f"[U+{code:04X}]"
