"""Code that stands in no block at all: a reply that is a module and nothing else, or a module between prose.

A run is a stretch of lines that begin as statements of the language do, together with the indented
lines, closing brackets and open strings that belong to them. Python's runs have to parse as well; a
line of prose that looked like a statement is left out and splits its run.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_llmbench.answers.answer import Block
from pytest_llmbench.answers.markdown import Page, Piece
from pytest_llmbench.answers.names.masking import mask_python
from pytest_llmbench.answers.names.python import parse_or_line
from pytest_llmbench.tasks.language import Language

MAX_PARSES = 16
MAX_PARSED = 500_000
"""How often a reply's runs are parsed while prose is left out of them, and how many characters in all."""


class _Style(NamedTuple):
    """How lines of a language look at their first column, and what may span lines."""

    starts: re.Pattern[str]
    goes_on: re.Pattern[str]
    comment: re.Pattern[str]
    spans: tuple[tuple[str, str], ...]


_PYTHON = _Style(
    starts=re.compile(
        r"(?:async +)?def +\w+ *[(\[]|class +\w+ *[:(\[]|import +\w|from +[\w.]+ +import\b|@\w"
        r"|(?:async|if|while|try|match|for|with)\b.*: *(?:#.*)?\Z"
        r"|#|[rRbBuUfF]{0,2}(?:\"\"\"|''')"
        r"|[A-Za-z_][\w.]*+(?: *, *\w+)*+(?:\[[^\]]*\])? *(?::[^=]+)?[-+*/|&%^@]?=(?!=)|[A-Za-z_][\w.]*+\("
    ),
    goes_on=re.compile(r"[)\]}]|(?:else|elif|except|finally)\b.*:"),
    comment=re.compile(r"#"),
    spans=(('"""', '"""'), ("'''", "'''")),
)
_JAVASCRIPT = _Style(
    starts=re.compile(
        r"import\b.*[\"'{*]"
        r"|export +(?:default|const|let|var|function|async|class|interface|type|enum|abstract|declare|[{*])"
        r"|(?:const|let|var) +(?:[\w$]+ *(?:[=:;,]|\Z)|[{\[])|(?:async +)?function\b *\*? *[\w$]* *[(<]"
        r"|(?:abstract +)?class +[\w$]+.*\{|(?:interface|enum|namespace) +[\w$]+.*\{|type +[\w$]+.*="
        r"|(?:if|for|while|switch) *\(|(?:try|do) *\{|//|/\*|[\"']use strict[\"']"
        r"|[A-Za-z_$][\w$.]*+(?:\[[^\]]*\])? *=(?!=)|(?:await +|new +)?[A-Za-z_$][\w$.]*+\(.*[;{(\[,]\Z"
    ),
    goes_on=re.compile(r"[)\]}]"),
    comment=re.compile(r"//|/\*"),
    spans=(("`", "`"), ("/*", "*/")),
)
_GO = _Style(
    starts=re.compile(
        r"package +\w+ *(?://.*)?\Z|import *[\"(]|import +\w+ +\"|func *[\w(]|type +\w+ +\S|type *\("
        r"|(?:var|const) *\(|(?:var|const) +\w+.*|//|/\*"
    ),
    goes_on=re.compile(r"[)\]}]"),
    comment=re.compile(r"//|/\*"),
    spans=(("`", "`"), ("/*", "*/")),
)
_STYLES: dict[Language, _Style] = {
    "python": _PYTHON,
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "go": _GO,
}


class _Run:
    """Lines from `start` to before `end`; `chunks` are the lines that its statements begin at."""

    def __init__(self, chunks: list[int], end: int) -> None:
        self.chunks = chunks
        self.end = end

    @property
    def start(self) -> int:
        return self.chunks[0]


def bare_pieces(page: Page, language: Language, *, truncated: bool) -> tuple[Piece, ...]:
    """Find the runs of code among the lines that stand in no fence."""
    fenced = set(page.markup)
    for piece in page.pieces:
        if piece.kind == "fence":
            fenced.update(range(piece.start, piece.end))
    finder = _Finder(page.lines, fenced, _STYLES[language])
    runs: Iterator[_Run] = finder.runs()
    if language == "python":
        runs = _Parsing(page.lines, truncated=truncated).sound(runs)
    last = page.last_line()
    trimmed = (_trimmed(run, page.lines, _STYLES[language]) for run in runs)
    return tuple(
        _piece(run, page.lines, cut_off=truncated and run.end > last) for run in trimmed if run is not None
    )


def _piece(run: _Run, lines: Sequence[str], *, cut_off: bool) -> Piece:
    code = "".join(f"{line}\n" for line in lines[run.start : run.end])
    block = Block(language="", code=code, line=run.start + 1, closed=not cut_off)
    return Piece(kind="bare", block=block, start=run.start, end=run.end)


def _trimmed(run: _Run, lines: Sequence[str], style: _Style) -> _Run | None:
    """Leave out comments before the first blank line or behind the last: they may be headings."""
    chunks, end = list(run.chunks), run.end
    while chunks and style.comment.match(lines[chunks[0]]) and _blank(lines, _end_of(chunks, 0, end) - 1):
        chunks.pop(0)
    while chunks and style.comment.match(lines[chunks[-1]]) and _blank(lines, chunks[-1] - 1):
        end = chunks.pop()
    while chunks and _blank(lines, end - 1):
        end -= 1
    return _Run(chunks, end) if chunks else None


def _end_of(chunks: Sequence[int], index: int, end: int) -> int:
    return chunks[index + 1] if index + 1 < len(chunks) else end


def _blank(lines: Sequence[str], number: int) -> bool:
    return not lines[number].strip()


class _Finder:
    """Walks over the lines once and collects runs."""

    def __init__(self, lines: Sequence[str], fenced: set[int], style: _Style) -> None:
        self._lines = lines
        self._fenced = fenced
        self._style = style
        self._fences = sorted(fenced)
        self._closings = {
            closing: [n for n, line in enumerate(lines) if closing in line] for _, closing in style.spans
        }

    def runs(self) -> Iterator[_Run]:
        run: _Run | None = None
        number = 0
        while number < len(self._lines):
            line = self._lines[number]
            if number not in self._fenced and not line.strip():
                number += 1
                continue
            grown = None if number in self._fenced else self._grown(run, number, line)
            if run is not None and grown is not run:
                yield run
            run = grown
            number += 1
            if run is not None:
                run.end = number = self._span_end(number - 1, line)
        if run is not None:
            yield run

    def _grown(self, run: _Run | None, number: int, line: str) -> _Run | None:
        """Add a line to a run, begin one with it, or give None where it is prose."""
        if line[0] in " \t" or self._style.goes_on.match(line):
            return run
        if not self._style.starts.match(line):
            return None
        if run is None:
            return _Run([number], number + 1)
        if not self._lines[run.chunks[-1]].startswith("@") or run.end - run.chunks[-1] > 1:
            run.chunks.append(number)
        return run

    def _span_end(self, number: int, line: str) -> int:
        """Give the line behind a string or comment that this line opens; else the next line."""
        for opening, closing in self._style.spans:
            if self._opens(line, opening, closing):
                later = _first_above(number, self._closings[closing])
                fence = _first_above(number, self._fences)
                if later is not None and (fence is None or later < fence):
                    return later + 1
        return number + 1

    @staticmethod
    def _opens(line: str, opening: str, closing: str) -> bool:
        if opening == closing:
            return line.count(opening) % 2 == 1
        return line.rfind(opening) > line.rfind(closing)


def _first_above(number: int, ascending: Sequence[int]) -> int | None:
    index = bisect_right(ascending, number)
    return ascending[index] if index < len(ascending) else None


class _Parsing:
    """Keeps what parses of Python's runs, within a fixed number of parses."""

    def __init__(self, lines: Sequence[str], *, truncated: bool) -> None:
        self._lines = lines
        self._truncated = truncated
        self._parses_left = MAX_PARSES
        self._characters_left = MAX_PARSED

    def sound(self, runs: Iterator[_Run]) -> Iterator[_Run]:
        pending = list(runs)[::-1]
        while pending and self._parses_left and self._characters_left > 0:
            run = pending.pop()
            stumble = self._parse(run)
            if not isinstance(stumble, int):
                yield run
                continue
            at = max((i for i, chunk in enumerate(run.chunks) if chunk < run.start + stumble), default=0)
            if self._truncated and not pending and at == len(run.chunks) - 1:
                # Cut off in its last statement: what a model wrote up to there is still its code.
                yield run
                continue
            if run.chunks[at + 1 :]:
                pending.append(_Run(run.chunks[at + 1 :], run.end))
            if at:
                pending.append(_Run(run.chunks[:at], run.chunks[at]))

    def _parse(self, run: _Run) -> ast.Module | int:
        code = "".join(f"{line}\n" for line in self._lines[run.start : run.end])
        self._parses_left -= 1
        self._characters_left -= len(code)
        return parse_or_line(mask_python(code).text)
