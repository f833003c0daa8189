"""The analyzer of Python: ruff's and ty's findings, the shape of the code, its comments, its docstrings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.scoring.analyzers.base import Analysis
from pytest_llmbench.scoring.analyzers.documentation import documentation_findings
from pytest_llmbench.scoring.analyzers.python_bugs import bug_marks
from pytest_llmbench.scoring.analyzers.python_comments import python_comment_marks
from pytest_llmbench.scoring.analyzers.python_docs import (
    documented_names,
    module_text,
    undocumented_helpers,
)
from pytest_llmbench.scoring.analyzers.python_hints import hint_marks
from pytest_llmbench.scoring.analyzers.python_source import Module, parse
from pytest_llmbench.scoring.analyzers.python_structure import structure_marks
from pytest_llmbench.scoring.analyzers.ruff import Lint, Ruff
from pytest_llmbench.scoring.analyzers.tally import Mark, bounded, charge, padding_in, score_of, size_scale
from pytest_llmbench.scoring.analyzers.ty import Ty
from pytest_llmbench.scoring.analyzers.weights import DEFAULT_WEIGHTS, Weights
from pytest_llmbench.scoring.analyzers.wording import name_words
from pytest_llmbench.scoring.axes import HIGHEST, LOWEST
from pytest_llmbench.scoring.scorecard import Finding

SYNTAX = "invalid-syntax"

MAX_DEPTH = 1000
"""Nodes inside each other up to which a tree is analyzed. Written by hand or by a model, code has some 30."""

_UNFENCED = frozenset({"bare", "indented"})


class PythonAnalyzer:
    """Judges Python code as it stands, without running it. Its tools look at all answers that wait at once.

    Args:
        weights: What findings cost.
        ruff: The linter; None for the installed one, with the rules that have a weight.
        ty: The type checker; None for the installed one.
    """

    ahead = True

    def __init__(
        self, weights: Weights = DEFAULT_WEIGHTS, ruff: Ruff | None = None, ty: Ty | None = None
    ) -> None:
        self._weights = weights
        self._ruff = ruff or Ruff(
            select=tuple(weights.ruff), ignore=weights.ruff_left_out, settings=weights.ruff_settings
        )
        self._ty = ty or Ty()

    async def analyze(self, answer: Answer, *, names: Sequence[str] = (), cut_off: bool = False) -> Analysis:
        """Analyze an answer that has code.

        Args:
            answer: What was found in the reply.
            names: What the task asks for, where it says so.
            cut_off: Whether the reply ended at the limit of output tokens.

        Raises:
            SandboxError: Ruff or ty failed, which is never the answer's fault.
        """
        module = parse(answer.code or "")
        unfit = _unfit(module)
        lints = () if unfit else await self._ruff.check(module.code)
        unfit = unfit or _broken(lints, cut_off=cut_off)
        if not unfit:
            lints = (*lints, *await self._ty.check(module.code))
        quality = charge(
            "quality",
            [unfit] if unfit else _marks(answer, module, lints, names),
            self._weights.of,
            group_caps=dict(self._weights.group_caps),
            scale=size_scale(module.code_lines, self._weights.reference_lines),
        )
        documentation = self._documentation(module)
        return Analysis(
            findings=(*quality, *documentation),
            quality=score_of(quality),
            documentation=score_of(documentation),
            padding=padding_in((*quality, *documentation), self._weights.of),
        )

    def _documentation(self, module: Module) -> tuple[Finding, ...]:
        if module.depth > MAX_DEPTH:
            text = "not read: the syntax is nested too deeply"
            return (Finding(axis="documentation", rule="too-deep", points=LOWEST - HIGHEST, message=text),)
        found = documentation_findings(
            documented_names(module),
            module=module_text(module),
            helpers=undocumented_helpers(module),
            about=name_words(module.names),
            weights=self._weights.documentation,
        )
        return bounded(found, self._weights.documentation_caps)


def _unfit(module: Module) -> Mark | None:
    """Say why nothing else is to be looked at: there is no code, or code that would bring tools down."""
    if module.depth > MAX_DEPTH:
        return Mark(rule="too-deep", message=f"syntax nested {module.depth} deep")
    if all(node.type == "comment" for node in module.root.named_children):
        return Mark(rule="no-statement", message="there is no statement in it")
    return None


def _broken(lints: Sequence[Lint], *, cut_off: bool) -> Mark | None:
    """What does not parse is judged by that alone: other findings would be about what is not there."""
    first = next((lint for lint in lints if lint.code == SYNTAX), None)
    if first is None:
        return None
    message = f"does not parse: {first.message}{' (the reply was cut off)' if cut_off else ''}"
    return Mark(rule="syntax-error", line=first.line, message=message)


def _marks(answer: Answer, module: Module, lints: Sequence[Lint], names: Sequence[str]) -> Iterator[Mark]:
    own = [
        *hint_marks(module),
        *bug_marks(module),
        *structure_marks(module, names),
        *python_comment_marks(module),
    ]
    # One fault costs once: ruff sees the default, our rule sees that it is changed as well.
    shared = {mark.line for mark in own if mark.rule == "shared-default"}
    for lint in lints:
        if not (lint.code == "B006" and lint.line in shared):
            yield Mark(rule=lint.code, line=lint.line, message=lint.message)
    yield from own
    if answer.found in _UNFENCED:
        yield Mark(rule="no-code-fence", message="the code stands in no code block")
