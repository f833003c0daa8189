"""A comparison as plain lines, for a terminal and for people: what got worse stands first."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_llmbench.comparison.change import Change, ModelChange, RunComparison, TaskChange, Verdict
from pytest_llmbench.comparison.gate import GateResult
from pytest_llmbench.comparison.wording import answered_by, left_out, pass_rates, rough, sentence
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.numbers import count

SHOWN_TASKS = 20
FIRST: dict[Verdict, int] = {"worse": 0, "better": 1, "cannot tell": 2, "same": 3}
"""What is told first."""


def comparison_lines(comparison: RunComparison) -> list[str]:
    """Say what changed, without line ends and colours."""
    return list(_lines(comparison))


def gate_lines(gate: GateResult) -> list[str]:
    """Say what became of the gate, what is red first."""
    order = ("red", "inconclusive", "green")
    rulings = sorted(gate.rulings, key=lambda ruling: order.index(ruling.outcome))
    return [
        f"gate: {gate.outcome}",
        *(f"  {ruling.outcome} ({one_line(str(ruling.rule), 120)}): {ruling.text}" for ruling in rulings),
    ]


def by_urgency(tasks: tuple[TaskChange, ...]) -> list[TaskChange]:
    """Sort tasks: worse first, the largest change of score before smaller ones."""
    return sorted(tasks, key=lambda task: _urgency(task.change("score")))


def title(comparison: RunComparison) -> str:
    """Say what was compared with what."""
    before = comparison.before
    run = "" if before.name == before.run else f", run {one_line(before.run, 12)}"
    return f"compared with {one_line(before.name, 80)} ({before.started:%Y-%m-%d %H:%M}{run})"


def notable(changes: tuple[Change, ...]) -> list[Change]:
    """Give the measures beside the score that changed for sure."""
    return [c for c in changes if c.measure != "score" and c.verdict in ("worse", "better")]


def _lines(comparison: RunComparison) -> Iterator[str]:
    yield f"{title(comparison)}: means of samples, 95 % intervals of the change"
    for model in sorted(comparison.models, key=lambda model: _urgency(model.change("score"))):
        yield from (f"  {line}" for line in _model(model))
    if not comparison.models:
        yield "  nothing could be compared"
    for one in comparison.left_out[:SHOWN_TASKS]:
        yield f"  left out: {left_out(one)}"
    if len(comparison.left_out) > SHOWN_TASKS:
        yield f"  and {count(len(comparison.left_out) - SHOWN_TASKS, 'more thing')} left out"


def _model(model: ModelChange) -> Iterator[str]:
    yield f"{one_line(model.model, 80)}: {sentence(model.change('score'))}"
    yield from (f"  {one_line(text, 400)}" for text in answered_by(model))
    if any(model.unjudged):
        old, new = model.unjudged
        yield f"  not judged, through no fault of the model: {count(old, 'sample')} before, {new} now"
    for task in by_urgency(model.tasks)[:SHOWN_TASKS]:
        again = " (earlier answers judged again)" if task.rejudged else ""
        yield f"  {one_line(task.task, 60)}{again}: {sentence(task.change('score'))}"
    if len(model.tasks) > SHOWN_TASKS:
        yield f"  and {count(len(model.tasks) - SHOWN_TASKS, 'more task')}"
    yield from (f"  {sentence(change)}" for change in notable(model.changes))
    if model.pass_rates:
        yield f"  {pass_rates(model)}"
    if model.elsewhere is not None:
        error = f"a standard error of {model.elsewhere:.2f}"
        yield f"  over other tasks like these the change of score would have {error}"
    if rough(model):
        yield "  with fewer than 10 samples per task these intervals are rough"


def _urgency(change: Change) -> tuple[int, float]:
    return FIRST[change.verdict], -abs(change.difference or 0.0)
