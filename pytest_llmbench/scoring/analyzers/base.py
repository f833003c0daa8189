"""What an analyzer gives: findings, and the scores of the two axes that they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.scoring.scorecard import Finding
from pytest_llmbench.values import Value

if TYPE_CHECKING:
    from pytest_llmbench.sandbox.node.typescript import Diagnostic


class Analysis(Value):
    """The analyzers' view of an answer. Scores are 1 to 10; None where an axis is not analyzed.

    `padding` are the points that went for what does nothing, on both axes.
    """

    findings: tuple[Finding, ...] = ()
    quality: float | None = None
    documentation: float | None = None
    padding: float = 0.0


class Analyzer(Protocol):
    """Judges one language's code as it stands. Its result depends on the answer alone."""

    async def analyze(self, answer: Answer, *, names: Sequence[str] = (), cut_off: bool = False) -> Analysis:
        """Analyze an answer that has code.

        Args:
            answer: What was found in the reply.
            names: What the task asks an answer to define; empty where that is not known. What is public,
                is not among them and is used by none of them was not asked for.
            cut_off: Whether the reply ended at the limit of output tokens.

        Raises:
            SandboxError: A tool of ours failed; that is never the answer's fault.
        """
        ...


@runtime_checkable
class AheadAnalyzer(Protocol):
    """An analyzer that looks at answers before their turn to be run, at all that wait at once."""

    ahead: bool

    async def analyze(self, answer: Answer, *, names: Sequence[str] = (), cut_off: bool = False) -> Analysis:
        """Analyze an answer as `Analyzer.analyze` does."""
        ...


@runtime_checkable
class CompilerAnalyzer(Protocol):
    """An analyzer that weighs what the language's compiler says, too."""

    async def analyze_compiled(
        self,
        answer: Answer,
        diagnostics: Sequence[Diagnostic],
        *,
        names: Sequence[str] = (),
        cut_off: bool = False,
    ) -> Analysis:
        """Analyze an answer beside what the compiler says of it; otherwise as `Analyzer.analyze`."""
        ...
