"""Reads the body of an error: servers agree on little beyond there being some JSON."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

_REFUSAL = re.compile(
    r"unsupported|not support|unrecognized|unexpected|unknown|not permitted|extra_forbidden|extra inputs|"
    r"not allowed|only .{0,40}(default|allowed|supported|1\b)|must be (equal to )?1\b|deprecated|"
    r"invalid temperature",
    re.IGNORECASE,
)

_TAGS = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)

_LONGEST = 4000
"""Characters of a server's words that are looked at."""

ADAPTABLE = {
    "max_tokens": re.compile(r"\bmax_tokens\b"),
    "temperature": re.compile(r"\btemperature\b"),
    "seed": re.compile(r"\bseed\b"),
    "stream_options": re.compile(r"\bstream_options\b"),
    "stream": re.compile(r"\bstream(ing|ed)?\b", re.IGNORECASE),
}
"""Parameters of a request that can be left out or given otherwise, and how servers speak of them."""


class Said(NamedTuple):
    """What a server says about an error. `code` and `kind` are its own words for it, `param` the culprit.

    `status` is the HTTP status that the body names, where it does.
    """

    message: str = ""
    code: str = ""
    kind: str = ""
    param: str = ""
    status: int | None = None

    @property
    def everything(self) -> str:
        """All of it, to search in."""
        return f"{self.code} {self.kind} {self.message}"

    @property
    def refused(self) -> frozenset[str]:
        """The parameters that the server does not take as they were sent."""
        if "max_completion_tokens" in self.message:
            return frozenset({"max_tokens"})
        param = self.param.partition(".")[0]
        if param in ADAPTABLE:
            return frozenset({param})
        if not _REFUSAL.search(self.everything):
            return frozenset()
        named = {name for name, words in ADAPTABLE.items() if words.search(self.message)}
        # What is said of the options of streams says something of streams as well.
        return frozenset(named - {"stream"} if "stream_options" in named else named)


def said_by(document: object) -> Said | None:
    """Find the error in a parsed body; None where there is none."""
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if not isinstance(document, dict):
        return None
    error: object = document.get("error") or document.get("errors")
    if isinstance(error, list) and error:
        error = error[0]
    if isinstance(error, dict):
        return _from_object(error)
    return Said(message=_text(error)) if error else None


def said_by_body(document: object, text: str) -> Said:
    """Find the error in the body of an answer that is known to be one.

    Args:
        document: The parsed body; None where it is not JSON.
        text: The body itself.
    """
    found = said_by(document)
    if found is not None:
        return found
    if isinstance(document, dict) and any(key in document for key in ("message", "msg", "detail")):
        return _from_object(document)
    return Said(message=_visible(text))


def _from_object(error: dict[str, Any]) -> Said:
    code = error.get("code")
    message = next((error[key] for key in ("message", "msg", "detail") if error.get(key)), "")
    status = int(str(code)) if re.fullmatch(r"[45]\d\d", str(code), re.ASCII) else None
    return Said(
        message=_text(message) or _text(error),
        code=_text(code or ""),
        kind=_text(error.get("type") or ""),
        param=_text(error.get("param") or ""),
        status=status,
    )


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else json.dumps(value)[:_LONGEST]


def _visible(text: str) -> str:
    """What a browser would show of a page, roughly; other text stays as it is."""
    if not text.lstrip().startswith("<"):
        return text[:_LONGEST]
    return _TAGS.sub(" ", text[:20_000])
