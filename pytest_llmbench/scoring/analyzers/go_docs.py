"""The documentation of a Go file: what its comments tell of the package and of what it declares.

Go is documented by plain sentences before declarations; there are no sections to look for. A
declaration is told when its comment brings words that its own name and types do not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_llmbench.sandbox.golang.workshop import Declaration, Inspection
from pytest_llmbench.scoring.analyzers.go_weights import GoDocumentationWeights
from pytest_llmbench.scoring.analyzers.tally import PRAISE
from pytest_llmbench.scoring.analyzers.wording import name_words, news, praises
from pytest_llmbench.scoring.scorecard import Finding

_READS = re.compile(r"\bos\.(?:Getenv|LookupEnv)\(\s*[\"`](\w+)[\"`]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_PARTLY = 0.5
_ALWAYS_CLEAR = frozenset({"main", "init"})
_SYNTAX = ("func", "type", "struct", "interface", "map", "chan", "var", "const")
"""What stands before a name in the code: a comment that says it again tells nothing."""


def go_documentation(
    inspection: Inspection, code: str, weights: GoDocumentationWeights
) -> tuple[Finding, ...]:
    """Judge the documentation of a file that parses.

    Args:
        inspection: What the tools say of it.
        code: The file.
        weights: What each part is worth.

    Returns:
        What is missing, each with its points; they take 10 down to the score.
    """
    about = name_words(inspection.names)
    found = [
        *_package(inspection, weights),
        *_declarations(inspection, weights),
        *_environment(inspection, code, weights),
        *_praise(inspection, about, weights),
    ]
    return tuple(sorted(found, key=lambda f: (f.line or 0, f.rule)))


def _finding(rule: str, line: int, points: float, message: str) -> Finding:
    return Finding(axis="documentation", rule=rule, line=line, points=-round(points, 2), message=message)


def _package(inspection: Inspection, weights: GoDocumentationWeights) -> Iterator[Finding]:
    if len(news(inspection.package_doc, {"package", "packag", "command", "main"})) < weights.enough:
        yield _finding("package-comment", 1, weights.module, "no package comment says what it is for")


def _declarations(inspection: Inspection, weights: GoDocumentationWeights) -> Iterator[Finding]:
    due = [d for d in inspection.declarations if _is_due(d, weights)]
    if not due:
        return
    sizes = [_size(declaration) for declaration in due]
    told = [_told(declaration, weights) for declaration in due]
    lacking = [size * (1 - share) for size, share in zip(sizes, told, strict=True)]
    share = sum(lacking) / sum(sizes)
    # Each declaration's part of what is lost, so that the findings add up to it.
    lost = weights.declarations * share**weights.curve
    for declaration, lack in zip(due, lacking, strict=True):
        if (points := round(lost * lack / max(sum(lacking), 1e-9), 2)) > 0:
            how = "has no comment" if not declaration.doc.strip() else "says little more than its name"
            yield _finding("undocumented", declaration.line, points, f"{declaration.name} {how}")


def _is_due(declaration: Declaration, weights: GoDocumentationWeights) -> bool:
    """Whether a reader needs a word on it; a comment counts where none was needed, too."""
    if declaration.kind == "function" and declaration.name in _ALWAYS_CLEAR:
        return False
    exported = declaration.name[:1].isupper()
    small = declaration.kind != "type" and declaration.statements <= weights.small
    return exported or not small or bool(declaration.doc.strip())


def _size(declaration: Declaration) -> float:
    return min(3.0, 1.0 + declaration.statements / 5)


def _told(declaration: Declaration, weights: GoDocumentationWeights) -> float:
    fresh = news(declaration.doc, name_words([*declaration.words, *_SYNTAX]))
    return 1.0 if len(fresh) >= weights.enough else _PARTLY if fresh else 0.0


def _environment(inspection: Inspection, code: str, weights: GoDocumentationWeights) -> Iterator[Finding]:
    """Whoever runs it has to know which variables it reads; the code alone should not have to tell."""
    said = "\n".join(_texts(inspection))
    room = weights.environment_cap
    for match in _READS.finditer(code):
        name = match[1]
        if name in said or room <= 0:
            continue
        points, room = min(weights.environment, room), room - weights.environment
        line = code.count("\n", 0, match.start()) + 1
        said += f"\n{name}"
        yield _finding("environment", line, points, f"no comment tells of the variable {name}")


def _texts(inspection: Inspection) -> Sequence[str]:
    comments = [line for comment in inspection.comments for line in comment.lines]
    return [inspection.package_doc, *(d.doc for d in inspection.declarations), *comments]


def _praise(
    inspection: Inspection, about: frozenset[str], weights: GoDocumentationWeights
) -> Iterator[Finding]:
    room = weights.praise_cap
    texts = [(1, inspection.package_doc), *((d.line, d.doc) for d in inspection.declarations)]
    for line, text in texts:
        for sentence in _SENTENCE_END.split(text):
            if room > 0 and praises(sentence, about):
                points, room = min(weights.praise, room), room - weights.praise
                shown = " ".join(sentence.split())[:60]
                yield _finding(PRAISE, line, points, f"praise, or words to the reader's mark: {shown}")
