"""The gate: red on a change for the worse that is both as large as a rule says and not chance.

Red, green, or inconclusive. What is nobody's or somebody else's fault turns it neither red nor green: a
provider that was down, a task that could not be judged, nothing left to compare. All rules and models are
tested together and adjusted by Holm, so that a longer gate does not raise more false alarms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pytest_llmbench.comparison.change import Change, ModelChange, RunComparison
from pytest_llmbench.comparison.compare import LEVEL
from pytest_llmbench.comparison.measures import BY_NAME
from pytest_llmbench.comparison.rules import Rule
from pytest_llmbench.comparison.wording import figures, settling
from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.numbers import count, listed
from pytest_llmbench.statistics.holm import holm
from pytest_llmbench.values import Value

Outcome = Literal["green", "red", "inconclusive"]


class Ruling(Value):
    """What became of one rule for one model; `text` says it for people."""

    rule: Rule
    model: str | None
    outcome: Outcome
    text: str


class GateResult(Value):
    """What became of all rules. One red rule makes it red, else one inconclusive makes it so."""

    rulings: tuple[Ruling, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of the rulings."""
        found = {ruling.outcome for ruling in self.rulings}
        return "red" if "red" in found else "inconclusive" if "inconclusive" in found else "green"


class _Case(Value):
    """A rule for a model, before it is decided."""

    rule: Rule
    model: str
    change: Change | None
    unjudged: tuple[int, int] = (0, 0)


def apply_gate(comparison: RunComparison, rules: Sequence[Rule], tasks: Sequence[str]) -> GateResult:
    """Hold a comparison against rules.

    Args:
        comparison: What changed.
        rules: What is let pass.
        tasks: The tasks of the two runs, those that were left out too.

    Raises:
        UsageError: A rule names a task that neither run has.
    """
    unknown = sorted({rule.task for rule in rules if rule.task and rule.task not in tasks})
    if unknown:
        raise UsageError(f"--llm-compare-fail: no task {listed(unknown)}; there are {listed(list(tasks))}")
    cases = [_case(rule, model) for rule in rules for model in comparison.models]
    p_values = [None if case.change is None else case.change.p for case in cases]
    adjusted = iter(holm([p for p in p_values if p is not None]))
    rulings = [
        _ruling(case, None if p is None else next(adjusted)) for case, p in zip(cases, p_values, strict=True)
    ]
    return GateResult(rulings=(*rulings, *(_nothing(comparison, rules) if not cases else ())))


def _case(rule: Rule, model: ModelChange) -> _Case:
    if rule.task is None:
        change, unjudged = model.change(rule.measure), model.unjudged
    else:
        task = model.task(rule.task)
        if task is None:
            return _Case(rule=rule, model=model.model, change=None)
        change, unjudged = task.change(rule.measure), task.unjudged
    return _Case(rule=rule, model=model.model, change=change, unjudged=unjudged)


def _ruling(case: _Case, adjusted: float | None) -> Ruling:
    outcome, text = _decide(case, adjusted)
    where = f" on {one_line(case.rule.task, 80)}" if case.rule.task else ""
    head = f"{one_line(case.model, 80)}{where}"
    return Ruling(rule=case.rule, model=case.model, outcome=outcome, text=f"{head}: {text}")


def _decide(case: _Case, adjusted: float | None) -> tuple[Outcome, str]:
    change = case.change
    if change is None:
        return "inconclusive", "this task was not compared"
    told = figures(change)
    if any(case.unjudged):
        old, new = case.unjudged
        return "inconclusive", (
            f"{count(old + new, 'sample')} could not be judged ({old} before, {new} now), which is not the"
            f" model's doing; of the others: {told}"
        )
    if adjusted is None or change.before is None or change.difference is None:
        return "inconclusive", f"{change.why or 'nothing is known of it'}: {told}"
    measure = BY_NAME[case.rule.measure]
    loss = -change.difference if measure.higher_is_better else change.difference
    limit = case.rule.limit(change.before)
    if loss <= 0 or loss < limit:
        return "green", f"{told}: {'no loss' if loss <= 0 else 'less than the rule allows'}"
    if adjusted > LEVEL:
        more = f"; {settling(change)}" if change.further else ""
        return "green", f"{told}: as large as the rule says, but chance would do that too{more}"
    return "red", told


def _nothing(comparison: RunComparison, rules: Sequence[Rule]) -> Iterator[Ruling]:
    reasons = listed(list(dict.fromkeys(one_line(one.reason, 200) for one in comparison.left_out)))
    text = f"nothing can be compared ({reasons or 'no task and model is in both runs'})"
    for rule in rules:
        yield Ruling(rule=rule, model=None, outcome="inconclusive", text=text)
