"""A survey of a piece of code: enough about its names to tell an answer from a usage example."""

from __future__ import annotations

from typing import NamedTuple


class Survey(NamedTuple):
    """The names of one piece of code.

    `defines` are what its top level defines itself, `imports` what its imports bind, `uses` what it
    refers to without binding it anywhere; the last errs on the side of too few. `blank` is code that
    has nothing but white space and comments, `parses` whether a parser accepts it, None where no
    parser was asked, `open` whether it ends inside a string or comment that may span lines.
    """

    defines: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    blank: bool = False
    parses: bool | None = None
    open: bool = False
