"""Comments, in any language: which of them say something that the code beside them does not.

A comment is noise when nearly all of its words of content are in the code that it stands at, when it
is a ruler of dashes, or when it is praise or a list of keywords. Reasons, units, limits and warnings
bring words of their own, so that a well commented file loses nothing however many comments it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from pytest_llmbench.scoring.analyzers.tally import Mark
from pytest_llmbench.scoring.analyzers.wording import (
    content,
    is_keyword_list,
    name_words,
    praises,
    sentences,
    stem,
)
from pytest_llmbench.values import Value

if TYPE_CHECKING:
    from tree_sitter import Node

RESTATING = 0.6
"""The share of a comment's words of content, found in the code, from which it restates the code."""

SPAM_FROM, SPAM_FULL = 0.25, 0.6
"""Lines of noise per line of code: where it begins to cost, and where it costs most."""

SPAM_LINES = 4
"""Lines of noise up to which it is a handful of comments and no spam."""

_SHOWN = 60
_FEW_SYMBOLS = 2
_RULER = re.compile(r"([-=~*#_+])\1{7,}")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


class Comment(Value):
    """One comment: all lines of it that follow each other, without their markers.

    `code` is the source that it stands at: its own line's, or else the next line that holds code.
    """

    line: int
    lines: tuple[str, ...] = Field(min_length=1)
    code: str

    @property
    def text(self) -> str:
        """The comment as one text."""
        return "\n".join(self.lines)


def grouped(
    code: str, comments: Iterable[tuple[Node, Sequence[str]]], markers: tuple[str, ...]
) -> Iterator[Comment]:
    """Give comments with the code that they stand at; lines that follow each other are one.

    Args:
        code: The source.
        comments: Each node with its lines, without their markers.
        markers: What lines begin with that hold a comment and no code.
    """
    rows = code.split("\n")
    pending: list[str] = []
    begun = last = -1
    for node, lines in comments:
        row = node.start_point.row
        before = rows[row].encode()[: node.start_point.column].decode("utf-8", "replace").strip()
        if before:
            yield Comment(line=row + 1, lines=tuple(lines), code=before)
            continue
        if pending and row != last + 1:
            yield _above(rows, begun, last, pending, markers)
            pending = []
        begun = row if not pending else begun
        pending.extend(lines)
        last = node.end_point.row
    if pending:
        yield _above(rows, begun, last, pending, markers)


def _above(
    rows: Sequence[str], begun: int, last: int, lines: Sequence[str], markers: tuple[str, ...]
) -> Comment:
    after = (row.strip() for row in rows[last + 1 :])
    code = next((row for row in after if row and not row.startswith(markers)), "")
    return Comment(line=begun + 1, lines=tuple(lines), code=code)


def comment_marks(
    comments: Sequence[Comment], *, code_lines: int, synonyms: Mapping[str, str], about: frozenset[str]
) -> Iterator[Mark]:
    """Mark comments that are noise.

    Args:
        comments: The comments of a file; directives to tools are none.
        code_lines: Lines of code in the file.
        synonyms: What a piece of code is called in words: a token to words.
        about: The words that the code's own names are made of.
    """
    noise = 0
    for comment in comments:
        rulers = sum(_is_ruler(line) for line in comment.lines)
        if rulers:
            yield Mark(rule="ruler", line=comment.line, message="a ruler of characters instead of words")
        noise += rulers
        hollow = _hollow(comment, about)
        if hollow:
            noise += round(hollow * (len(comment.lines) - rulers))
            text = _shown("says nothing", comment.text)
            yield Mark(rule="empty-comment", line=comment.line, message=text, share=hollow)
        elif _restates(comment, synonyms):
            noise += len(comment.lines) - rulers
            yield Mark(rule="restating-comment", line=comment.line, message=_shown("restates", comment.text))
    density = noise / max(1, code_lines)
    if density > SPAM_FROM and noise >= SPAM_LINES:
        share = min(1.0, (density - SPAM_FROM) / (SPAM_FULL - SPAM_FROM))
        text = f"{noise} lines of comments that say nothing, at {code_lines} lines of code"
        yield Mark(rule="comment-spam", line=comments[0].line, message=text, share=share)


def _is_ruler(line: str) -> bool:
    symbols = "".join(line.split())
    return len(symbols) > _FEW_SYMBOLS and (
        not any(map(str.isalnum, symbols)) or _RULER.search(symbols) is not None
    )


def _hollow(comment: Comment, about: frozenset[str]) -> float:
    """Give the share of a comment's sentences that are praise or a list of keywords."""
    said = sentences(comment.text)
    return sum(praises(s, about) or is_keyword_list(s) for s in said) / max(1, len(said))


def _restates(comment: Comment, synonyms: Mapping[str, str]) -> bool:
    if not any(_LETTERS.search(line) for line in comment.lines):
        return False
    said = set(content(comment.text))
    return len(said & _code_words(comment.code, synonyms)) >= RESTATING * len(said)


def _code_words(code: str, synonyms: Mapping[str, str]) -> set[str]:
    tokens = re.findall(r"[A-Za-z_]\w*|\[\]|\{\}|\(\)|[-+*/%|&]=|[=!<>]=|[^\w\s]", code)
    words = set(name_words(tokens))
    for token in tokens:
        words |= _stems(synonyms.get(token, "").split())
    return words


def _stems(words: Iterable[str]) -> set[str]:
    return {stem(word) for word in words}


def _shown(what: str, text: str) -> str:
    first = " ".join(text.split())
    return f"{what}: {first[:_SHOWN]}{'…' if len(first) > _SHOWN else ''}"
