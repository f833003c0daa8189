"""The analyzer of Python answers."""

from __future__ import annotations

import ast

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.scoring.analyzers.base import Analysis
from pytest_llmbench.scoring.analyzers.ruff import Ruff
from pytest_llmbench.scoring.scorecard import Finding


class PythonAnalyzer:
    """Judges Python code as it stands."""

    def __init__(self, ruff: Ruff | None = None) -> None:
        self._ruff = ruff or Ruff(select=("F", "B", "E7", "UP", "ANN"), ignore=("ANN401",))

    async def analyze(self, answer: Answer, *, cut_off: bool = False) -> Analysis:
        """Analyze an answer that has code."""
        code = answer.code or ""
        found = await self._ruff.check(code)
        findings = [
            Finding(axis="quality", rule=f.code, line=f.line, points=-0.3, message=f.message) for f in found
        ]
        quality = max(1.0, 10 + sum(f.points for f in findings))
        return Analysis(findings=tuple(findings), quality=quality, documentation=_documented(code))


def _documented(code: str) -> float:
    try:
        nodes = [n for n in ast.parse(code).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return 1.0
    named = [n for n in nodes if not n.name.startswith("_")]
    return 1 + 9 * sum(ast.get_docstring(n) is not None for n in named) / max(1, len(named))
