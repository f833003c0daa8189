"""A reply as text that every later step can rely on: one kind of line end, and only real characters."""

from __future__ import annotations

import re

_BYTE_ORDER_MARK = "\ufeff"
_LINE_END = re.compile(r"\r\n?")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def clean(reply: str) -> str:
    """Drop a byte order mark, end each line in LF, and replace what is no character.

    NUL becomes U+FFFD as CommonMark has it. So do lone surrogates, which JSON can carry but UTF-8
    cannot; a pair of surrogates becomes the character that it stands for.
    """
    text = _LINE_END.sub("\n", reply.removeprefix(_BYTE_ORDER_MARK)).replace("\0", "\ufffd")
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text if text.endswith("\n") or not text else text + "\n"
