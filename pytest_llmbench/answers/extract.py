"""From a reply to its answer: the code that is to be judged, and how it was found."""

from __future__ import annotations

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.answers.bare import bare_pieces
from pytest_llmbench.answers.choose import FENCES, UNFENCED, Choice, Chooser
from pytest_llmbench.answers.cleaning import clean
from pytest_llmbench.answers.joining import join
from pytest_llmbench.answers.markdown import Page, Piece, read
from pytest_llmbench.answers.option import options_of
from pytest_llmbench.answers.reasoning import strip_reasoning
from pytest_llmbench.tasks.language import Language


def extract(reply: str, *, language: Language, names: tuple[str, ...], truncated: bool = False) -> Answer:
    """Take the code out of a reply.

    Args:
        reply: The text of a completion: Markdown, or what a model takes for it. Any text is
            allowed, and none raises. The time is linear in its length.
        language: The task's language.
        names: What the code has to define at its top level. They decide between several blocks.
        truncated: Whether the reply was cut off by a limit of output tokens.

    Returns:
        The answer. `code` is byte for byte what stands in the block, but for line ends (LF) and
        indentation that belongs to a list or quote; it ends in a line end. It is None where the
        reply has no code, or nothing but white space and comments.
    """
    stripped = strip_reasoning(clean(reply))
    page = read(stripped.text, language)
    choice = _chooser(page, language, names, truncated=truncated).whole(FENCES) if page.pieces else None
    if choice is None:
        page = _with_bare_code(page, language, truncated=truncated)
        if page.pieces:
            chooser = _chooser(page, language, names, truncated=truncated)
            choice = chooser.whole(UNFENCED) or chooser.best()
    return _answer(page, choice, language, stripped.notes, truncated=truncated)


def _chooser(page: Page, language: Language, names: tuple[str, ...], *, truncated: bool) -> Chooser:
    return Chooser(options_of(page, language, truncated=truncated), language, names)


def _with_bare_code(page: Page, language: Language, *, truncated: bool) -> Page:
    """Add the runs of unfenced code; indented blocks that are a part of one go into it."""
    runs = bare_pieces(page, language, truncated=truncated)
    if not runs:
        return page
    within = {number for run in runs for number in range(run.start, run.end)}
    pieces = [piece for piece in page.pieces if piece.start not in within]
    return page._replace(pieces=tuple(sorted((*pieces, *runs), key=lambda p: p.start)))


def _answer(
    page: Page, choice: Choice | None, language: Language, notes: tuple[str, ...], *, truncated: bool
) -> Answer:
    taken = [page.pieces[index] for index in choice.indices] if choice else []
    starts = {piece.start for piece in taken}
    blocks = tuple(piece.block for piece in page.pieces if piece.kind != "bare")
    # Runs that were not taken only looked like code: they are prose.
    shown = tuple(piece for piece in page.pieces if piece.kind != "bare" or piece.start in starts)
    if len(shown) < len(page.pieces):
        page = page._replace(pieces=shown)
    if choice is None:
        notes = (*notes, "cut off before any code") if truncated and not notes else notes
        return Answer(code=None, found="none", blocks=blocks, prose=page.prose(), notes=notes)
    return Answer(
        code=join([piece.block.code for piece in taken], language),
        found=choice.found,
        blocks=blocks,
        prose=page.prose(),
        notes=tuple(dict.fromkeys((*notes, *page.notes, *_how(taken, choice), *choice.notes))),
    )


def _how(taken: list[Piece], choice: Choice) -> list[str]:
    match choice.found:
        case "other_fence":
            return [f"the fence is tagged {taken[-1].block.language!r}"]
        case "indented":
            return ["indented code without a fence"]
        case "bare":
            return ["code without a fence"]
        case _:
            unclosed = any(not piece.block.closed for piece in taken) and "cut off" not in choice.notes
            return ["the fence is not closed"] if unclosed else []
