"""From a reply's Markdown to its code blocks, with a CommonMark parser.

Only block structure is parsed: inline markup says nothing about code, and stays in the prose as it
is. HTML blocks are off, since a fence right under `<details>` or `<answer>` is meant as a fence, and
link definitions are off, since they are prose. What a parser cannot know, namely that a fence inside
code was no end of it, is `repair`'s business.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_llmbench.answers.answer import Block
from pytest_llmbench.answers.repair import Repair, Repairer
from pytest_llmbench.answers.tags import language_of
from pytest_llmbench.tasks.language import Language

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_NESTING = 20
"""Levels of block quotes and lists that are looked into; what is deeper is not an answer."""

MAX_WRAPPERS = 3
"""Levels of fenced Markdown that are opened."""

_MAY_HOLD_CODE = re.compile(r"```|~~~|^(?: {4}|\t| {1,3}\t)", re.MULTILINE)
_FENCE_LINE = re.compile(r" {0,3}(?:`{3,}[^`]*|~{3,}.*)\Z")


class Piece(NamedTuple):
    """One block and where it is: lines from `start` to before `end`, from 0, its fences included."""

    kind: Literal["fence", "indented", "bare"]
    block: Block
    start: int
    end: int


class Page(NamedTuple):
    """A reply taken apart: its lines, its code, and the lines that are neither code nor prose.

    `notes` say what had to be repaired.
    """

    lines: tuple[str, ...]
    pieces: tuple[Piece, ...] = ()
    markup: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()

    def prose(self) -> str:
        """Give the lines that are neither code nor markup."""
        hidden = set(self.markup)
        for piece in self.pieces:
            hidden.update(range(piece.start, piece.end))
        return "\n".join(line for number, line in enumerate(self.lines) if number not in hidden).strip()

    def last_line(self) -> int:
        """Give the number of the last line that is not blank, from 0; -1 where there is none."""
        numbers = range(len(self.lines) - 1, -1, -1)
        return next((number for number in numbers if self.lines[number].strip()), -1)


def read(text: str, language: Language) -> Page:
    """Take a reply's text apart; the language decides how a cut block is repaired."""
    lines = text.removesuffix("\n").split("\n")
    reader = _Reader(lines, language)
    if _MAY_HOLD_CODE.search(text):
        reader.read(0, len(lines), wrappers=0)
    return Page(
        lines=tuple(lines),
        pieces=tuple(reader.pieces),
        markup=frozenset(reader.markup),
        notes=tuple(dict.fromkeys(reader.notes)),
    )


class _Reader:
    """Collects the pieces of a reply, parsing anew behind each repaired block."""

    def __init__(self, lines: list[str], language: Language) -> None:
        self.pieces: list[Piece] = []
        self.markup: set[int] = set()
        self.notes: list[str] = []
        self._lines = lines
        self._language = language
        self._repairer = Repairer(lines)

    def read(self, start: int, end: int, wrappers: int) -> None:
        resume: int | None = start
        while resume is not None and resume < end:
            resume = self._read_once(resume, end, wrappers)

    def _read_once(self, start: int, end: int, wrappers: int) -> int | None:
        """Read to the end (None), or to behind a block that had to be repaired."""
        text = "\n".join(self._lines[start:end]) + "\n"
        for token in _parser().parse(text):
            if token.type not in {"fence", "code_block"} or token.map is None:
                continue
            piece = _piece(token, start)
            if token.type == "fence" and token.level == 0:
                repair = self._repair(piece, token.markup, end)
                if repair is not None:
                    self._take_repaired(piece, repair, token.markup)
                    return repair.resume
                if wrappers < MAX_WRAPPERS and self._is_wrapper(piece):
                    self._unwrap(piece, wrappers + 1)
                    continue
            self._take(piece)
        return None

    def _repair(self, piece: Piece, marker: str, limit: int) -> Repair | None:
        if piece.block.language == "markdown" or self._is_wrapper(piece):
            return None
        code_end = piece.end - (1 if piece.block.closed else 0)
        as_python = piece.block.language == "python" or (
            piece.block.language == "" and self._language == "python"
        )
        return self._repairer.repair(piece.start + 1, code_end, marker, limit, as_python=as_python)

    def _take_repaired(self, piece: Piece, repair: Repair, marker: str) -> None:
        self.notes.append(repair.note)
        code = self._lines[piece.start + 1 : repair.end]
        if repair.glued:
            code[-1] = code[-1].rstrip().removesuffix(marker)
        update = {"code": "".join(f"{line}\n" for line in code), "closed": True}
        block = piece.block.model_copy(update=update)
        self._take(piece._replace(block=block, end=repair.resume))

    def _is_wrapper(self, piece: Piece) -> bool:
        """Tell a fence around fences: tagged as Markdown, or untagged with a fence as its first line."""
        if piece.block.language == "markdown":
            return any(map(_FENCE_LINE.match, piece.block.code.split("\n")))
        first = piece.block.code.lstrip("\n").partition("\n")[0]
        return piece.block.language == "" and _FENCE_LINE.match(first) is not None

    def _unwrap(self, piece: Piece, wrappers: int) -> None:
        last = piece.end - (1 if piece.block.closed else 0)
        self.markup |= {piece.start, *range(last, piece.end)}
        known = len(self.pieces)
        self.read(piece.start + 1, last, wrappers)
        if piece.block.closed and len(self.pieces) > known:
            # The outer end is the inner one's too, where both have the same markers.
            inner = self.pieces[-1]
            closed = inner.block.model_copy(update={"closed": True})
            self.pieces[-1] = inner._replace(block=closed)

    def _take(self, piece: Piece) -> None:
        if piece.block.code.strip() or piece.block.closed:
            self.pieces.append(piece)
        else:
            # A last closing fence that has nothing left to close.
            self.markup |= set(range(piece.start, piece.end))


def _piece(token: Token, offset: int) -> Piece:
    assert token.map is not None  # noqa: S101 - block tokens always have one
    first, end = token.map
    fenced = token.type == "fence"
    code = token.content
    lines_of_code = code.count("\n")
    return Piece(
        kind="fence" if fenced else "indented",
        block=Block(
            language=language_of(token.info) if fenced else "",
            code=code,
            line=offset + first + (2 if fenced else 1),
            closed=not fenced or end - first - 1 > lines_of_code,
        ),
        start=offset + first,
        end=offset + end,
    )


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING, "html": False})
    parser.disable(["html_block", "reference"])
    parser.core.ruler.enableOnly(["block"])
    return parser
