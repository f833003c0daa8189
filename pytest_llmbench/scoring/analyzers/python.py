"""The analyzer of Python: ruff's findings, the shape of the code, its comments, its docstrings."""

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
from pytest_llmbench.scoring.analyzers.tally import Mark, charge, score_of, size_scale
from pytest_llmbench.scoring.analyzers.weights import DEFAULT_WEIGHTS, Weights
from pytest_llmbench.scoring.analyzers.wording import name_words
from pytest_llmbench.scoring.scorecard import Finding

SYNTAX = "invalid-syntax"

_UNFENCED = frozenset({"bare", "indented"})


class PythonAnalyzer:
    """Judges Python code as it stands, without running it.

    Args:
        weights: What findings cost.
        ruff: The linter; None for the installed one, with the rules that have a weight.
    """

    def __init__(self, weights: Weights = DEFAULT_WEIGHTS, ruff: Ruff | None = None) -> None:
        self._weights = weights
        self._ruff = ruff or Ruff(
            select=tuple(weights.ruff), ignore=weights.ruff_left_out, settings=weights.ruff_settings
        )

    async def analyze(self, answer: Answer, *, names: Sequence[str] = (), cut_off: bool = False) -> Analysis:
        """Analyze an answer that has code.

        Args:
            answer: What was found in the reply.
            names: What the task asks for, where it says so.
            cut_off: Whether the reply ended at the limit of output tokens.

        Raises:
            SandboxError: Ruff failed, which is never the answer's fault.
        """
        code = answer.code or ""
        lints = await self._ruff.check(code)
        module = parse(code)
        quality = self._quality(answer, module, lints, names, cut_off=cut_off)
        documentation = documentation_findings(
            documented_names(module),
            module=module_text(module),
            helpers=undocumented_helpers(module),
            about=name_words(module.names),
            weights=self._weights.documentation,
        )
        return Analysis(
            findings=(*quality, *documentation),
            quality=score_of(quality),
            documentation=score_of(documentation),
        )

    def _quality(
        self, answer: Answer, module: Module, lints: Sequence[Lint], names: Sequence[str], *, cut_off: bool
    ) -> tuple[Finding, ...]:
        broken = next((lint for lint in lints if lint.code == SYNTAX), None)
        marks = _broken(broken, cut_off=cut_off) if broken else _marks(answer, module, lints, names)
        return charge(
            "quality",
            marks,
            self._weights.of,
            group_caps=dict(self._weights.group_caps),
            scale=size_scale(module.code_lines, self._weights.reference_lines),
        )


def _broken(lint: Lint, *, cut_off: bool) -> Iterator[Mark]:
    """What does not parse is judged by that alone: other findings would be about what is not there."""
    message = f"does not parse: {lint.message}"
    if cut_off:
        message += " (the reply was cut off)"
    yield Mark(rule="syntax-error", line=lint.line, message=message)


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
