"""The gate's rules, as users write them: `score:0.5`, `correctness:10%`, `flatten/score:1`."""

from __future__ import annotations

import math
from difflib import get_close_matches

from pytest_llmbench.comparison.measures import BY_NAME
from pytest_llmbench.values import Value

SYNTAX = "[TASK/]MEASURE:AMOUNT[%], such as score:0.5, correctness:10% or flatten/score:1"


class Rule(Value):
    """How far a measure may move for the worse. `task` is None where a model's whole figure is meant.

    A percentage is of the earlier value; of a share it is percentage points.
    """

    task: str | None = None
    measure: str
    amount: float
    percent: bool = False

    def __str__(self) -> str:
        """Write it as it was given."""
        task = f"{self.task}/" if self.task else ""
        return f"{task}{self.measure}:{self.amount:g}{'%' if self.percent else ''}"

    def limit(self, before: float) -> float:
        """Give the largest move that is let pass, in the measure's unit."""
        if not self.percent:
            return self.amount
        share = self.amount / 100
        return share if BY_NAME[self.measure].unit == "share" else share * abs(before)


def parse_rule(text: str) -> Rule:
    """Read a rule.

    Raises:
        ValueError: It is none; the text says what would be right.
    """
    task, slash, rest = text.strip().rpartition("/")
    measure, colon, amount = rest.partition(":")
    measure, task = measure.strip().replace("-", "_"), task.strip()
    if not colon or (slash and not task):
        raise ValueError(f"{text!r}: a rule is {SYNTAX}")
    if measure not in BY_NAME:
        near = get_close_matches(measure, BY_NAME, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(BY_NAME)} is needed"
        raise ValueError(f"{text!r}: no measure {measure!r}; {hint}")
    number = amount.strip()
    percent = number.endswith("%")
    return Rule(task=task or None, measure=measure, amount=_amount(text, number, percent), percent=percent)


def _amount(text: str, number: str, percent: bool) -> float:
    try:
        amount = float(number.removesuffix("%"))
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount >= 0):
        what = "a percentage" if percent else "a number"
        raise ValueError(f"{text!r}: {number!r} is not {what} of at least 0; a rule is {SYNTAX}")
    return amount
