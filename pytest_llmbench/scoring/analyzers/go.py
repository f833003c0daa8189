"""The analyzer of Go: vet, gofmt, go fix and our own checks, the shape of the code, its comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.golang.workshop import Inspection, Problem
from pytest_llmbench.scoring.analyzers.base import Analysis
from pytest_llmbench.scoring.analyzers.comments import Comment, comment_marks
from pytest_llmbench.scoring.analyzers.go_comments import SYNONYMS
from pytest_llmbench.scoring.analyzers.go_docs import go_documentation
from pytest_llmbench.scoring.analyzers.go_weights import DEFAULT_GO_WEIGHTS, GoWeights
from pytest_llmbench.scoring.analyzers.shape import shape_marks
from pytest_llmbench.scoring.analyzers.tally import Mark, bounded, charge, padding_in, score_of, size_scale
from pytest_llmbench.scoring.analyzers.wording import name_words
from pytest_llmbench.scoring.axes import HIGHEST, LOWEST
from pytest_llmbench.scoring.scorecard import Finding
from pytest_llmbench.scoring.syntax import parse

_UNFENCED = frozenset({"bare", "indented"})
_COMPILERS = frozenset({"compile", "types", "go"})


class Inspector(Protocol):
    """Has an answer looked at by Go's tools (`sandbox.golang.workshop.Workshop`)."""

    async def inspect(self, code: str, names: Sequence[str] = ()) -> Inspection:
        """Inspect an answer that was asked to declare some names.

        Raises:
            CandidateError: The tools do not get through it.
            SandboxError: Our side failed.
        """
        ...


class GoAnalyzer:
    """Judges Go code as it stands, without running it.

    Args:
        inspector: What runs Go's tools.
        weights: What findings cost.
    """

    def __init__(self, inspector: Inspector, weights: GoWeights = DEFAULT_GO_WEIGHTS) -> None:
        self._inspector = inspector
        self._weights = weights

    async def analyze(self, answer: Answer, *, names: Sequence[str] = (), cut_off: bool = False) -> Analysis:
        """Analyze an answer that has code.

        Args:
            answer: What was found in the reply.
            names: What the task asks for, where it says so: it needs no use within the file.
            cut_off: Whether the reply ended at the limit of output tokens.

        Raises:
            SandboxError: A tool failed, which is never the answer's fault.
        """
        code = answer.code or ""
        try:
            inspection = await self._inspector.inspect(code, names)
        except CandidateError as error:
            return self._nothing(Mark(rule="too-much", message=str(error)))
        if (unfit := _unfit(inspection, cut_off=cut_off)) is not None:
            return self._nothing(unfit)
        quality = self._charged(_marks(answer, inspection), inspection.code_lines)
        documentation = bounded(
            go_documentation(inspection, code, self._weights.documentation), self._weights.documentation_caps
        )
        return Analysis(
            findings=(*quality, *documentation),
            quality=score_of(quality),
            documentation=score_of(documentation),
            padding=padding_in((*quality, *documentation), self._weights.of),
        )

    def _charged(self, marks: Iterator[Mark] | Sequence[Mark], code_lines: int) -> tuple[Finding, ...]:
        return charge(
            "quality",
            marks,
            self._weights.of,
            group_caps=dict(self._weights.group_caps),
            scale=size_scale(code_lines, self._weights.reference_lines),
        )

    def _nothing(self, mark: Mark) -> Analysis:
        """What cannot be read has neither quality nor documentation."""
        quality = self._charged([mark], 1)
        documentation = Finding(
            axis="documentation",
            rule=mark.rule,
            line=mark.line,
            points=LOWEST - HIGHEST,
            message=mark.message,
        )
        return Analysis(findings=(*quality, documentation), quality=score_of(quality), documentation=LOWEST)


def _unfit(inspection: Inspection, *, cut_off: bool) -> Mark | None:
    """Say why nothing else is to be looked at."""
    broken = next((p for p in inspection.problems if p.tool == "parse"), None)
    if broken is not None:
        message = f"does not parse: {broken.message}{' (the reply was cut off)' if cut_off else ''}"
        return Mark(rule="syntax-error", line=broken.line, message=message)
    if not inspection.declarations:
        return Mark(rule="no-declaration", message="it declares neither a function nor a type")
    return None


def _marks(answer: Answer, inspection: Inspection) -> Iterator[Mark]:
    yield from _problem_marks(inspection.problems)
    if inspection.unformatted:
        lines = ", ".join(map(str, inspection.unformatted[:5]))
        text = f"gofmt changes {len(inspection.unformatted)} lines: {lines}"
        yield Mark(rule="gofmt", line=inspection.unformatted[0], message=text)
    yield from shape_marks(parse("go", answer.code or ""), "go")
    comments = [Comment(line=c.line, lines=c.lines, code=c.code) for c in inspection.comments if c.lines]
    about = name_words(inspection.names)
    yield from comment_marks(comments, code_lines=inspection.code_lines, synonyms=SYNONYMS, about=about)
    if answer.found in _UNFENCED:
        yield Mark(rule="no-code-fence", message="the code stands in no code block")


def _problem_marks(problems: Sequence[Problem]) -> Iterator[Mark]:
    broken = [problem for problem in problems if problem.tool in _COMPILERS]
    if broken:
        yield Mark(rule="compile-error", line=broken[0].line, message=broken[0].message)
    for problem in problems:
        if problem in broken:
            continue
        rule = problem.rule if problem.tool == "check" else f"{problem.tool}:{problem.rule}"
        yield Mark(rule=rule, line=problem.line, message=problem.message)
