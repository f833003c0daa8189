"""Keeps keys out of everything that is shown or stored, also where a server repeats them to us."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote as percent

HIDDEN = "[key]"

_SHORTEST = 8
"""Anything shorter is a placeholder such as "none", and hiding it would garble ordinary words."""

_DEEPEST = 50
"""Levels of a JSON document that are kept."""

_SECRET_HEADERS = ("auth", "key", "token", "secret", "cookie")


class Secrets:
    """The values to hide.

    Args:
        values: Keys; None and placeholders are passed over.
    """

    def __init__(self, values: Iterable[str | None]) -> None:
        real = [value for value in values if value and len(value) >= _SHORTEST]
        forms = {form for value in real for form in _written(value)}
        self._forms = sorted(forms, key=len, reverse=True)

    def hide(self, text: str) -> str:
        """Put a mark in the place of each secret in a text."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def hide_in(self, document: object, levels: int = _DEEPEST) -> object:
        """Do the same for every text in a parsed JSON document, and make each of them valid Unicode.

        What lies deeper than `levels` becomes None: no answer does, and it could exhaust the stack.
        """
        if isinstance(document, str):
            return self._shown(document)
        if not isinstance(document, list | dict):
            return document
        if levels == 0:
            return None
        if isinstance(document, list):
            return [self.hide_in(item, levels - 1) for item in document]
        return {
            self._shown(key): self._shown(item) if isinstance(item, str) else self.hide_in(item, levels - 1)
            for key, item in document.items()
        }

    def _shown(self, text: str) -> str:
        return self.hide(text if text.isascii() else valid_unicode(text))


def _written(value: str) -> tuple[str, ...]:
    """The ways in which a text may stand in a URL, or in JSON that cannot be parsed."""
    return value, percent(value, safe=""), value.replace("/", "\\/"), json.dumps(value)[1:-1]


def secret_headers(headers: Mapping[str, str]) -> list[str]:
    """Pick the header values that may be keys."""
    return [v for k, v in headers.items() if any(word in k.lower() for word in _SECRET_HEADERS)]


def valid_unicode(text: str) -> str:
    """Replace lone surrogates, which JSON can write and UTF-8 cannot."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
