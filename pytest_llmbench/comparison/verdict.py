"""A comparison with its gate: what a command or a test run tells, and the exit code that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_llmbench.comparison.annotations import annotation_lines
from pytest_llmbench.comparison.change import RunComparison
from pytest_llmbench.comparison.compare import compare
from pytest_llmbench.comparison.gate import GateResult, apply_gate
from pytest_llmbench.comparison.markdown import comparison_markdown
from pytest_llmbench.comparison.matching import Rejudged
from pytest_llmbench.comparison.rules import Rule
from pytest_llmbench.comparison.text import comparison_lines, gate_lines
from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.values import Value

RED = 1
INCONCLUSIVE = 6
"""The exit code where the gate cannot tell, unless configured otherwise."""


class CompareVerdict(Value):
    """Two runs compared, and what the gate says; None without rules."""

    comparison: RunComparison
    gate: GateResult | None = None

    @classmethod
    def of(
        cls,
        before: RunDocument,
        after: RunDocument,
        *,
        name: str,
        rules: Sequence[Rule] = (),
        rejudged: Rejudged | None = None,
    ) -> CompareVerdict:
        """Compare two runs.

        Raises:
            UsageError: A rule names a task that neither run has.
        """
        comparison = compare(before, after, name=name, rejudged=rejudged)
        if not rules:
            return cls(comparison=comparison)
        tasks = dict.fromkeys(task.id for run in (after, before) for task in run.tasks)
        return cls(comparison=comparison, gate=apply_gate(comparison, rules, list(tasks)))

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [*comparison_lines(self.comparison), *(gate_lines(self.gate) if self.gate else ())]

    def markdown(self) -> list[str]:
        """Say it in Markdown, the gate first."""
        return list(comparison_markdown(self.comparison, self.gate))

    def annotations(self, environ: Mapping[str, str]) -> list[str]:
        """Give the annotations for GitHub Actions, where this runs there."""
        if environ.get("GITHUB_ACTIONS") != "true":
            return []
        return annotation_lines(self.comparison, self.gate)

    def exit_code(self, inconclusive: int = INCONCLUSIVE) -> int:
        """Give the exit code; 0 without a gate."""
        if self.gate is None:
            return 0
        return {"green": 0, "red": RED, "inconclusive": inconclusive}[self.gate.outcome]


def require_statistics() -> None:
    """See whether what comparing needs is installed.

    Raises:
        ToolchainMissing: It is not; the text has the command that installs it.
    """
    from importlib.util import find_spec

    if find_spec("scipy") is None:
        raise ToolchainMissing("comparing runs needs scipy", "pip install 'pytest-llmbench[compare]'")
