"""What is compared: scores, money, time, and how often a model gives up. One table, one rule each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.report.numbers import MINUS, dollars, fixed, seconds, signed

Unit = Literal["points", "usd", "seconds", "share"]


@dataclass(frozen=True)
class Measure:
    """One figure of a judged sample.

    `same` is the change that does not matter: in the unit, or as a share of the earlier value where
    `relative` is set. `skewed` values have a long tail on one side.
    """

    name: str
    words: str
    unit: Unit
    of: Callable[[SamplePart], float | None]
    same: float
    higher_is_better: bool = False
    relative: bool = False
    skewed: bool = False

    def write(self, value: float | None) -> str:
        """Write a value as people read it."""
        if self.unit == "usd":
            return dollars(value)
        if self.unit == "seconds":
            return seconds(value)
        if self.unit == "share":
            return f"{fixed(None if value is None else value * 100, 0)} %"
        return fixed(value, 2)

    def write_change(self, value: float | None) -> str:
        """Write a difference with its sign."""
        if self.unit == "points" or value is None:
            return signed(value, 2)
        if self.unit == "share":
            return f"{signed(value * 100, 0)} %"
        sign = "+" if value > 0 else MINUS if value < 0 else ""
        return sign + self.write(abs(value))

    def margin(self, before: float | None) -> float:
        """Give the change that does not matter, in the unit."""
        return self.same * (before or 0.0) if self.relative else self.same


MEASURES: tuple[Measure, ...] = (
    Measure("score", "score", "points", lambda s: s.total, 0.5, higher_is_better=True),
    Measure("correctness", "correctness", "points", lambda s: s.axes.correctness, 0.5, higher_is_better=True),
    Measure("quality", "quality", "points", lambda s: s.axes.quality, 0.5, higher_is_better=True),
    Measure(
        "documentation", "documentation", "points", lambda s: s.axes.documentation, 0.5, higher_is_better=True
    ),
    Measure("edge_cases", "edge cases", "points", lambda s: s.axes.edge_cases, 0.5, higher_is_better=True),
    Measure("cost", "cost of an answer", "usd", lambda s: s.cost_usd, 0.1, relative=True, skewed=True),
    Measure("latency", "latency", "seconds", lambda s: s.latency_s, 0.1, relative=True, skewed=True),
    Measure("truncation", "answers cut off", "share", lambda s: float(s.status == "truncated"), 0.05),
    Measure("refusal", "answers refused", "share", lambda s: float(s.status == "refused"), 0.05),
)

BY_NAME = {measure.name: measure for measure in MEASURES}
