"""Text of others in Markdown: shown as it is, never as a heading, a link, an image or HTML."""

from __future__ import annotations

import re

from pytest_llmbench.report.clean import one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@:&$^=\"'])")
_WWW = re.compile(r"(?i)\b(www)\.")


def markdown(text: str, limit: int = 200) -> str:
    """Give a text as one line of Markdown that reads just so, in a table's cell too."""
    line = _SPECIAL.sub(r"\\\1", one_line(text, limit))
    line = _WWW.sub(r"\1\\.", line)
    return re.sub(r"^([-.\d])", _guard, line)


def _guard(match: re.Match[str]) -> str:
    """Keep a line from being a list: `-` and `1.` are only that at its beginning."""
    return f"\\{match.group()}" if not match.group().isdigit() else match.group()
