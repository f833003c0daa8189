"""The analyzer of JavaScript and TypeScript: oxlint, the compiler's word, shape, comments, documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.scoring.analyzers.base import Analysis
from pytest_llmbench.scoring.analyzers.documentation import documentation_findings
from pytest_llmbench.scoring.analyzers.ecmascript_bugs import bug_marks
from pytest_llmbench.scoring.analyzers.ecmascript_comments import ecmascript_comment_marks
from pytest_llmbench.scoring.analyzers.ecmascript_docs import (
    documented_names,
    module_text,
    undocumented_helpers,
)
from pytest_llmbench.scoring.analyzers.ecmascript_lint import SYNTAX, Lint, Oxlint
from pytest_llmbench.scoring.analyzers.ecmascript_prose import beside_prose
from pytest_llmbench.scoring.analyzers.ecmascript_source import Dialect, Module, parse_module
from pytest_llmbench.scoring.analyzers.ecmascript_structure import structure_marks
from pytest_llmbench.scoring.analyzers.ecmascript_types import type_marks
from pytest_llmbench.scoring.analyzers.ecmascript_weights import DEFAULT_WEIGHTS, EcmaScriptWeights
from pytest_llmbench.scoring.analyzers.tally import Mark, bounded, charge, padding_in, score_of, size_scale
from pytest_llmbench.scoring.analyzers.wording import name_words
from pytest_llmbench.scoring.axes import HIGHEST, LOWEST
from pytest_llmbench.scoring.scorecard import Finding

if TYPE_CHECKING:
    from pytest_llmbench.sandbox.node.typescript import Diagnostic

MAX_DEPTH = 1000
"""Levels of a syntax tree that tools are still given."""

_UNFENCED = frozenset({"bare", "indented"})


class EcmaScriptAnalyzer:
    """Judges JavaScript or TypeScript code as it stands, without running it.

    Args:
        dialect: What was asked for.
        weights: What findings cost.
        oxlint: The linter; None for the installed one, with the rules that have a weight.
    """

    def __init__(
        self,
        dialect: Dialect,
        weights: EcmaScriptWeights = DEFAULT_WEIGHTS,
        oxlint: Oxlint | None = None,
    ) -> None:
        self._dialect: Dialect = dialect
        self._weights = weights
        self._oxlint = oxlint or Oxlint(
            {rule: weights.oxlint_options.get(rule, ()) for rule in weights.oxlint}
        )

    async def analyze(
        self,
        answer: Answer,
        *,
        names: Sequence[str] = (),
        cut_off: bool = False,
    ) -> Analysis:
        """Analyze an answer that has code.

        Args:
            answer: What was found in the reply.
            names: What the task asks for, where it says so.
            cut_off: Whether the reply ended at the limit of output tokens.

        Raises:
            SandboxError: Oxlint failed, which is never the answer's fault.
        """
        return await self._analyzed(answer, (), names, cut_off=cut_off)

    async def _analyzed(
        self, answer: Answer, diagnostics: Sequence[Diagnostic], names: Sequence[str], *, cut_off: bool
    ) -> Analysis:
        module = parse_module(answer.code or "", self._dialect)
        unfit = _unfit(module)
        marks = [unfit]
        if unfit is None:
            module, lints = await self._linted(module)
            marks = list(_marks(answer, module, lints, names, diagnostics, self._dialect, cut_off=cut_off))
        quality = charge(
            "quality",
            [mark for mark in marks if mark is not None],
            self._weights.of,
            group_caps=dict(self._weights.group_caps),
            scale=size_scale(module.code_lines, self._weights.reference_lines),
        )
        documentation = self._documentation(module, answer)
        return Analysis(
            findings=(*quality, *documentation),
            quality=score_of(quality),
            documentation=score_of(documentation),
            padding=padding_in((*quality, *documentation), self._weights.of),
        )

    async def _linted(self, module: Module) -> tuple[Module, tuple[Lint, ...]]:
        """Lint a module; JavaScript that is none is read as TypeScript, where it is that."""
        lints = await self._oxlint.check(module.code, module.dialect)
        if module.dialect == "javascript" and _broken(lints):
            others = await self._oxlint.check(module.code, "typescript")
            if not _broken(others):
                return parse_module(module.code, "typescript"), others
        return module, lints

    def _documentation(self, module: Module, answer: Answer) -> tuple[Finding, ...]:
        if module.tree.depth > MAX_DEPTH:
            text = "not read: the syntax is nested too deeply"
            return (Finding(axis="documentation", rule="too-deep", points=LOWEST - HIGHEST, message=text),)
        about = name_words(module.names)
        found = documentation_findings(
            documented_names(module),
            module=module_text(module),
            helpers=undocumented_helpers(module),
            about=about,
            weights=self._weights.documentation,
        )
        found = beside_prose(found, answer, about, self._weights)
        return bounded(found, self._weights.documentation_caps)


def _unfit(module: Module) -> Mark | None:
    """Say why nothing else is to be looked at: there is no code, or code that would bring tools down."""
    if module.tree.depth > MAX_DEPTH:
        return Mark(rule="too-deep", message=f"syntax nested {module.tree.depth} deep")
    if all(node.type == "comment" for node in module.tree.root.named_children):
        return Mark(rule="no-statement", message="there is no statement in it")
    return None


def _broken(lints: Sequence[Lint]) -> Lint | None:
    return next((lint for lint in lints if lint.rule == SYNTAX), None)


def _marks(
    answer: Answer,
    module: Module,
    lints: Sequence[Lint],
    names: Sequence[str],
    diagnostics: Sequence[Diagnostic],
    dialect: Dialect,
    *,
    cut_off: bool,
) -> Iterator[Mark]:
    broken = _broken(lints)
    if broken is not None:
        # What does not parse is judged by that alone: other findings would be about what is not there.
        rule = "cut-off" if cut_off else "syntax-error"
        yield Mark(rule=rule, line=broken.line, message=f"does not parse: {broken.message}")
        return
    for lint in lints:
        yield Mark(rule=lint.rule, line=lint.line, message=lint.message)
    yield from bug_marks(module)
    yield from structure_marks(module, names)
    yield from type_marks(module)
    yield from ecmascript_comment_marks(module)
    for found in diagnostics:
        if found.category == "error":
            yield Mark(rule="compiler", line=found.line, message=f"TS{found.code}: {found.message}")
    if module.dialect != dialect:
        yield Mark(rule="other-language", message="this is TypeScript, JavaScript was asked for")
    if answer.found in _UNFENCED:
        yield Mark(rule="no-code-fence", message="the code stands in no code block")
