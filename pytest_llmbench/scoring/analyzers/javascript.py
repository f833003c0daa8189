"""The analyzer of JavaScript answers."""

from __future__ import annotations

from pytest_llmbench.scoring.analyzers.ecmascript import EcmaScriptAnalyzer
from pytest_llmbench.scoring.analyzers.ecmascript_lint import Oxlint
from pytest_llmbench.scoring.analyzers.ecmascript_weights import DEFAULT_WEIGHTS, EcmaScriptWeights


class JavaScriptAnalyzer(EcmaScriptAnalyzer):
    """Judges JavaScript code as it stands, without running it.

    Args:
        weights: What findings cost.
        oxlint: The linter; None for the installed one, with the rules that have a weight.
    """

    def __init__(self, weights: EcmaScriptWeights = DEFAULT_WEIGHTS, oxlint: Oxlint | None = None) -> None:
        super().__init__("javascript", weights, oxlint)
