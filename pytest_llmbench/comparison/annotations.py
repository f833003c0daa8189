"""Annotations of GitHub Actions: lines on standard output that its interface shows beside a run."""

from __future__ import annotations

from pytest_llmbench.comparison.change import RunComparison
from pytest_llmbench.comparison.gate import GateResult
from pytest_llmbench.comparison.wording import answered_by
from pytest_llmbench.report.clean import one_line


def annotation_lines(comparison: RunComparison, gate: GateResult | None) -> list[str]:
    """Give an error per red ruling, a warning per inconclusive one and per model that answers by another."""
    lines = []
    for ruling in gate.rulings if gate is not None else ():
        if ruling.outcome != "green":
            kind = "error" if ruling.outcome == "red" else "warning"
            lines.append(_line(kind, f"{ruling.rule} is {ruling.outcome}", ruling.text))
    for model in comparison.models:
        lines += [_line("warning", f"{model.model} changed", text) for text in answered_by(model)]
    return lines


def _line(kind: str, title: str, text: str) -> str:
    return f"::{kind} title={_escaped(one_line(title, 120), ':,')}::{_escaped(one_line(text, 600))}"


def _escaped(text: str, more: str = "") -> str:
    """Escape what would end the line, or a property."""
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
