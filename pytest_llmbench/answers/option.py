"""A block as an option: surveyed when it is first asked for, and once for the same code."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_llmbench.answers.answer import Found
from pytest_llmbench.answers.markdown import Page, Piece
from pytest_llmbench.answers.names import Survey, survey
from pytest_llmbench.tasks.language import Language

_RELATED = {("javascript", "typescript"), ("typescript", "javascript")}


class Option:
    """One piece of a reply that could be the answer, or a part of it.

    Args:
        index: Its place among the options; those of a reply are in the reply's order.
        piece: The piece.
        language: The task's language.
        cut_off: Whether the reply was cut off inside it.
        surveys: Surveys by code, shared by the options of one reply.
    """

    def __init__(
        self, index: int, piece: Piece, language: Language, *, cut_off: bool, surveys: dict[str, Survey]
    ) -> None:
        self.index = index
        self.piece = piece
        self.tier = _tier(piece, language)
        self.related = (piece.block.language, language) in _RELATED
        self.cut_off = cut_off
        self._language = language
        self._surveys = surveys

    @property
    def survey(self) -> Survey:
        """The names of its code, read as the task's language."""
        code = self.piece.block.code
        if code not in self._surveys:
            self._surveys[code] = survey(code, self._language)
        return self._surveys[code]

    def mentions(self, names: Iterable[str]) -> bool:
        """Tell cheaply whether it may have to do with all of these names."""
        return all(name in self.piece.block.code for name in names)

    def defined(self, names: Iterable[str]) -> frozenset[str]:
        """Give those of the names that it defines."""
        return frozenset(name for name in names if self.mentions([name]) and name in self.survey.defines)


def options_of(page: Page, language: Language, *, truncated: bool) -> list[Option]:
    """Make options of a page's pieces, in order."""
    surveys: dict[str, Survey] = {}
    last = page.last_line()
    return [
        Option(
            index,
            piece,
            language,
            cut_off=truncated and not piece.block.closed and piece.end > last,
            surveys=surveys,
        )
        for index, piece in enumerate(page.pieces)
    ]


def _tier(piece: Piece, language: Language) -> Found:
    if piece.kind != "fence":
        return "indented" if piece.kind == "indented" else "bare"
    if piece.block.language == language:
        return "tagged_fence"
    return "other_fence" if piece.block.language else "untagged_fence"
