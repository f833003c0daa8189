"""Code as numbered, coloured lines. It is shown as text: what colours it only chooses class names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from markupsafe import Markup

from pytest_llmbench.report.clean import clean

SHOWN_CHARACTERS = 60_000
SHOWN_LINE = 2_000
COLOURED_CHARACTERS = 20_000
"""Above this, code stays plain: colouring is not linear in hostile code."""
COLOURED_LINE = 400
COLOURED_LINES = 800

Span = tuple[str, str]
"""A class name ("" for none) and a text."""


class Code(NamedTuple):
    """Code to show: its lines as spans, and how many characters were left out."""

    lines: list[list[Span]]
    left_out: int = 0


def shown_code(code: str, language: str, *, coloured: bool = True) -> Code:
    """Cut code to what a page can hold, clean it, and colour it where it is asked for and not too long."""
    kept = clean(code[:SHOWN_CHARACTERS]).rstrip("\n")
    left_out = len(code) - SHOWN_CHARACTERS if len(code) > SHOWN_CHARACTERS else 0
    lines = kept.split("\n")
    longest = max(map(len, lines))
    left_out += sum(max(0, len(line) - SHOWN_LINE) for line in lines)
    if (
        not coloured
        or len(kept) > COLOURED_CHARACTERS
        or longest > COLOURED_LINE
        or len(lines) > COLOURED_LINES
    ):
        return Code([[("", line[:SHOWN_LINE])] for line in lines], left_out)
    return Code(list(_coloured(kept, language)), left_out)


def _coloured(code: str, language: str) -> Iterator[list[Span]]:
    from pygments import lex
    from pygments.lexers import TextLexer, get_lexer_by_name
    from pygments.util import ClassNotFound

    options = {"stripnl": False, "ensurenl": False}
    try:
        lexer = get_lexer_by_name(language.lower(), **options)
    except ClassNotFound:
        lexer = TextLexer(**options)
    line: list[Span] = []
    names: dict[object, str] = {}
    for kind, text in lex(code, lexer):
        name = names[kind] if kind in names else names.setdefault(kind, _class_name(str(kind)))
        first, *others = text.split("\n")
        _append(line, name, first)
        for other in others:
            yield line
            line = []
            _append(line, name, other)
    yield line


def lines_html(lines: Iterable[tuple[int, list[Span], bool]]) -> Markup:
    """Write numbered lines as HTML; of each, whether something was found at it."""
    # Plain strings: a large run has a million lines, and a template would take several times as long.
    return Markup("\n".join(_line_html(*line) for line in lines))  # noqa: S704 - all text is escaped


def _line_html(number: int, spans: list[Span], found: bool) -> str:
    text = "".join(
        f'<span class="{kind}">{escape(text, quote=False)}</span>' if kind else escape(text, quote=False)
        for kind, text in spans
    )
    return f'<div class="l{" hit" if found else ""}" data-n="{number}"><code>{text}</code></div>'


def _append(line: list[Span], name: str, text: str) -> None:
    """Add a piece to a line; it joins the piece before where both look the same."""
    if not text:
        return
    if line and (line[-1][0] == name or not text.strip()):
        line[-1] = (line[-1][0], line[-1][1] + text)
    else:
        line.append((name, text))


_CLASSES = (
    ("Token.Comment", "tc"),
    ("Token.Literal.String.Doc", "tc"),
    ("Token.Literal.String", "ts"),
    ("Token.Literal.Number", "tn"),
    ("Token.Keyword", "tk"),
    ("Token.Operator.Word", "tk"),
    ("Token.Name.Function", "tf"),
    ("Token.Name.Class", "tf"),
    ("Token.Name.Decorator", "tf"),
    ("Token.Name.Builtin", "tb"),
)


def _class_name(kind: str) -> str:
    return next((name for prefix, name in _CLASSES if kind.startswith(prefix)), "")
