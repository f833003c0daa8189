"""The analyzer of TypeScript answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.scoring.analyzers.base import Analysis
from pytest_llmbench.scoring.analyzers.ecmascript import EcmaScriptAnalyzer
from pytest_llmbench.scoring.analyzers.ecmascript_lint import Oxlint
from pytest_llmbench.scoring.analyzers.ecmascript_weights import DEFAULT_WEIGHTS, EcmaScriptWeights

if TYPE_CHECKING:
    from pytest_llmbench.sandbox.node.typescript import Diagnostic


class TypeScriptAnalyzer(EcmaScriptAnalyzer):
    """Judges TypeScript code as it stands, without running it.

    Args:
        weights: What findings cost.
        oxlint: The linter; None for the installed one, with the rules that have a weight.
    """

    def __init__(self, weights: EcmaScriptWeights = DEFAULT_WEIGHTS, oxlint: Oxlint | None = None) -> None:
        super().__init__("typescript", weights, oxlint)

    async def analyze_compiled(
        self,
        answer: Answer,
        diagnostics: Sequence[Diagnostic],
        *,
        names: Sequence[str] = (),
        cut_off: bool = False,
    ) -> Analysis:
        """Analyze an answer beside the compiler's diagnostics; implements `CompilerAnalyzer`.

        Raises:
            SandboxError: Oxlint failed, which is never the answer's fault.
        """
        return await self._analyzed(answer, diagnostics, names, cut_off=cut_off)
