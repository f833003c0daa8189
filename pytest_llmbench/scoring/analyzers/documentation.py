"""What documentation is worth, in any language: does it tell a caller what the code does not show?

Each public name needs some parts: what it is for, its parameters, its result, what else a caller must
know (errors, limits, what becomes of the input), an example. A part counts by what it says and not by
how it is marked up: a sentence of prose is as good as a section. What only repeats names says little.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from pydantic import Field

from pytest_llmbench.scoring.analyzers.docstrings import DocText
from pytest_llmbench.scoring.analyzers.tally import PRAISE
from pytest_llmbench.scoring.analyzers.weights import DocumentationWeights
from pytest_llmbench.scoring.analyzers.wording import (
    content,
    is_about,
    news,
    praises,
    telling,
)
from pytest_llmbench.scoring.scorecard import Finding
from pytest_llmbench.values import Value

ENOUGH = 2
"""Words of news with which a part is told."""

UNRELATED = 0.25
"""What a word of news is worth in a sentence that does not speak of the code."""

SMALL = 3
"""Statements up to which a function is small: there is less to tell of it."""

_SAYS_RESULT = re.compile(
    r"(?:^|\b)(?:return|returns|returning|give|gives|yield|yields|compute|computes|whether|tell|tells|calculate"
    r"|calculates|get|gets|find|finds|count|counts|convert|converts|collect|collects|produce|produces)\b",
    re.IGNORECASE,
)
_INTO = re.compile(r"\b(?:into|to|as)\s+(?:an?|one|the|single)\b", re.IGNORECASE)
_CHANGES = re.compile(r"\bin[- ]place\b|\b(?:modif|mutat|chang|empti|consum|destroy|clear)", re.IGNORECASE)
_UNCHANGED = re.compile(r"\b(?:not|never|without|un|n't)\b|\bunchanged", re.IGNORECASE)
_RAISES = re.compile(r"\b(?:rais|throw|reject|error|exception|fail)", re.IGNORECASE)


class Documented(Value):
    """One public name, or the module itself.

    `changes` are the parameters whose objects it changes. `own` are the words that its names and types
    are made of: to repeat them tells nothing. `outer` are the words of what it stands in: to repeat
    those tells a little.
    """

    name: str
    kind: Literal["function", "method", "class", "script"]
    line: int
    params: tuple[str, ...] = ()
    result: bool = False
    raises: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    statements: int = Field(default=1, ge=0)
    text: DocText | None = None
    own: frozenset[str] = frozenset()
    outer: frozenset[str] = frozenset()

    @property
    def weight(self) -> float:
        """Its part in the mean: what does more has more to explain."""
        return min(3.0, 1.0 + self.statements / 5)


class Part(Value):
    """One thing that the documentation of a name should tell; `told` is how well, from 0 to 1."""

    rule: str
    points: float
    told: float = Field(ge=0, le=1)
    lacks: str


def documentation_findings(
    names: Sequence[Documented],
    *,
    module: DocText | None,
    helpers: Iterable[tuple[str, int]],
    about: frozenset[str],
    weights: DocumentationWeights,
) -> tuple[Finding, ...]:
    """Judge the documentation of a file.

    Args:
        names: Its public names; for a script without any, the script itself.
        module: The file's own documentation.
        helpers: Private functions of some size without documentation: name and line.
        about: The words that all names in the file are made of.
        weights: What each part is worth.

    Returns:
        What is missing, each with its points; they take 10 down to the score.
    """
    found = list(_name_findings(names, about, weights))
    if module is None or not _tells(module, about):
        found.append(_finding("module-doc", 1, weights.module, "the module does not say what it is for"))
    room = weights.helpers_cap
    for name, line in helpers:
        points, room = min(weights.helper, room), room - weights.helper
        if points > 0:
            found.append(_finding("helper-doc", line, points, f"{name} has no docstring"))
    texts = [(name.line, name.text) for name in names if name.text is not None]
    found += _praise_findings([(1, module), *texts], about, weights)
    return tuple(sorted(found, key=lambda f: (f.line or 0, f.rule)))


def _tells(module: DocText, about: frozenset[str]) -> bool:
    return any(content(sentence) for sentence in telling([module.summary, *module.prose], about))


def _name_findings(
    names: Sequence[Documented], about: frozenset[str], weights: DocumentationWeights
) -> Iterator[Finding]:
    if not names:
        yield _finding("nothing-documented", 1, weights.names, "there is no public name to document")
    total = sum(name.weight for name in names)
    for name in names:
        share = weights.names * name.weight / total
        if name.text is None:
            yield _finding("no-docstring", name.line, share, f"{name.name} has no docstring")
            continue
        parts = list(_parts(name, about, weights))
        whole = sum(part.points for part in parts)
        for part in parts:
            lost = share * part.points / whole * (1 - part.told)
            if round(lost, 2) > 0:
                yield _finding(part.rule, name.line, lost, f"{name.name}: {part.lacks}")


def _finding(rule: str, line: int, points: float, message: str) -> Finding:
    return Finding(axis="documentation", rule=rule, line=line, points=-round(points, 2), message=message)


def _parts(name: Documented, about: frozenset[str], weights: DocumentationWeights) -> Iterator[Part]:
    text = name.text or DocText()
    what = _what(name, text)
    yield Part(
        rule="doc-what",
        points=weights.what,
        told=what,
        lacks="says little more than its name" if what else "does not say what it is for",
    )
    if name.params:
        told = {param: _param(param, name, text) for param in name.params}
        poor = ", ".join(param for param, share in told.items() if share < 1)
        share = sum(told.values()) / len(told)
        yield Part(
            rule="doc-params", points=weights.params, told=share, lacks=f"tells {_how_much(share)} of {poor}"
        )
    if name.result:
        told_ = _result(name, text)
        yield Part(
            rule="doc-result",
            points=weights.result,
            told=told_,
            lacks=f"tells {_how_much(told_)} of its result",
        )
    yield from _known_parts(name, text, about, weights)
    if name.kind == "function" and name.statements > 1:
        told_ = float(_calls(text.example, name.name))
        yield Part(rule="doc-example", points=weights.example, told=told_, lacks="shows no example")


def _how_much(told: float) -> str:
    return "too little" if told else "nothing"


def _what(name: Documented, text: DocText) -> float:
    """Two words of news tell enough, one nearly; a sentence of the name's own words tells little."""
    said = telling([text.summary, *text.prose], name.own)
    if not any(content(sentence) for sentence in said):
        return 0.0
    none = 0.6 if news(" ".join(said), name.own) else 0.5
    return _worth(news(" ".join(said), name.own | name.outer), one=0.8, none=none)


def _worth(fresh: Collection[str], *, one: float = 0.75, none: float = 0.3) -> float:
    """Give what a text is worth by its words of news: `ENOUGH` are enough."""
    return 1.0 if len(fresh) >= ENOUGH else one if fresh else none


def _param(param: str, name: Documented, text: DocText) -> float:
    described = text.params.get(param)
    if described is not None:
        return _worth(news(described, name.own | name.outer))
    prose = " ".join(telling([text.summary, *text.prose], name.own))
    if re.search(rf"[`*'\"]{re.escape(param)}[`*'\"]", prose):
        return 0.8
    mentioned = re.search(rf"\b{re.escape(param).replace('_', '[_ ]')}\b", prose, re.IGNORECASE)
    return 0.35 if mentioned else 0.0


def _result(name: Documented, text: DocText) -> float:
    if text.returns is not None:
        return _worth(news(text.returns, name.own | name.outer))
    said = telling([text.summary, *text.prose], name.own)
    for sentence in said:
        if _SAYS_RESULT.search(sentence):
            return 1.0 if len(news(sentence, name.own)) >= ENOUGH else 0.4
    summary = " ".join(said[:1])
    if name.statements <= SMALL and len(news(summary, name.own)) >= ENOUGH:
        return 0.8  # of a property or a small function, the summary is what it gives
    return 0.5 if _INTO.search(summary) else 0.0


def _known_parts(
    name: Documented, text: DocText, about: frozenset[str], weights: DocumentationWeights
) -> Iterator[Part]:
    """What else a caller must know: errors that it raises on purpose, and all that the signature hides."""
    room = weights.besides if name.statements > SMALL else weights.besides / 2
    due: list[tuple[str, float, str]] = []
    if name.raises:
        told = sum(_names_error(error, text) for error in name.raises) / len(name.raises)
        due.append(("doc-raises", told, f"does not tell that it raises {', '.join(name.raises)}"))
    if name.changes:
        told = float(tells_change(text))
        due.append(("doc-changes", told, f"does not warn that it changes {', '.join(name.changes)}"))
    told = min(1.0, _besides(name, text, about) / weights.besides_words)
    due.append(
        ("doc-besides", told, f"tells {_how_much(told)} of limits, errors, or what becomes of its input")
    )
    for rule, told, lacks in due:
        yield Part(rule=rule, points=room / len(due), told=told, lacks=lacks)


def tells_change(text: DocText) -> bool:
    """Tell whether a text says that an argument is changed."""
    everything = [text.all_prose, *text.params.values(), text.returns or ""]
    return any(_CHANGES.search(part) and not _UNCHANGED.search(part) for part in everything)


def _names_error(error: str, text: DocText) -> float:
    if error in text.raises or error in text.all_prose:
        return 1.0
    return 0.6 if text.raises or _RAISES.search(text.all_prose) else 0.0


def _besides(name: Documented, text: DocText, about: frozenset[str]) -> float:
    """Count the words of news beyond those that the summary and each section are due to tell."""
    known = set(name.own | name.outer)
    extra = 0.0
    for part in [text.summary, *text.params.values(), text.returns or ""]:
        fresh = news(part, known)
        extra += max(0, len(fresh) - ENOUGH)
        known |= fresh
    raised = [f"{error} {when}" for error, when in text.raises.items()]
    for sentence in telling([*text.prose, *raised], about):
        fresh = news(sentence, known)
        # What does not speak of the code may still be of use; it is more often none.
        extra += len(fresh) * (1 if is_about(sentence, about) else UNRELATED)
        known |= fresh
    return extra


def _calls(example: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\s*\(", example) is not None


def _praise_findings(
    texts: Sequence[tuple[int, DocText | None]], about: frozenset[str], weights: DocumentationWeights
) -> Iterator[Finding]:
    room = weights.praise_cap
    for line, text in texts:
        for sentence in [] if text is None else text.all_sentences:
            if room > 0 and praises(sentence, about):
                points, room = min(weights.praise, room), room - weights.praise
                shown = " ".join(sentence.split())[:60]
                yield _finding(PRAISE, line, points, f"praise, or words to the reader's mark: {shown}")
