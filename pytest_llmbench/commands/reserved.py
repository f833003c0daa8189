"""Names that cannot be a function's in the language of a task, because the language has them already."""

from __future__ import annotations

import builtins
import keyword

from pytest_llmbench.tasks.language import Language

_ECMASCRIPT_WORDS = """
any arguments as async await boolean break case catch class const continue debugger declare default
delete do else enum eval export extends false finally for from function get if implements import in
instanceof interface let module namespace never new null number object of package private protected
public readonly return set static string super switch symbol this throw true try type typeof
undefined unknown var void while with yield
"""
_ECMASCRIPT = frozenset(_ECMASCRIPT_WORDS.split())

RESERVED: dict[Language, frozenset[str]] = {
    "python": frozenset([*keyword.kwlist, *keyword.softkwlist, *dir(builtins)]),
    "javascript": _ECMASCRIPT,
    "typescript": _ECMASCRIPT,
    "go": frozenset(),  # what a template exports begins with a capital, as no word of Go does
}
"""Per language: its keywords, and what would hide a thing that the templates use."""
