"""A comparison as Markdown: the gate, then what changed, then the rest folded away."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_llmbench.comparison.change import ModelChange, RunComparison, TaskChange
from pytest_llmbench.comparison.gate import GateResult, Outcome
from pytest_llmbench.comparison.measures import BY_NAME
from pytest_llmbench.comparison.text import by_urgency, title
from pytest_llmbench.comparison.wording import answered_by, interval, left_out, pass_rates, verdict
from pytest_llmbench.report.markdown import table
from pytest_llmbench.report.markup import markdown

SIGNS: dict[Outcome, str] = {"green": "🟢", "red": "🔴", "inconclusive": "🟡"}

_HEADINGS = ["verdict", "before", "now", "change", "95 %"]


def comparison_markdown(comparison: RunComparison, gate: GateResult | None) -> Iterator[str]:
    """Give the lines: what became of the gate and what changed first."""
    if gate is not None:
        yield from _gate(gate)
    yield f"{markdown(title(comparison), 200)}. Means of samples, 95 % intervals of the change."
    yield ""
    yield from table(
        ["model", *_HEADINGS],
        [[markdown(model.model, 80), *_cells(model, "score")] for model in comparison.models],
    )
    yield ""
    for model in comparison.models:
        yield from _model(model)
    if comparison.left_out:
        yield "Left out:"
        yield ""
        yield from (f"- {markdown(left_out(one), 600)}" for one in comparison.left_out)
        yield ""


def _gate(gate: GateResult) -> Iterator[str]:
    yield f"### {SIGNS[gate.outcome]} gate: {gate.outcome}"
    yield ""
    for outcome in ("red", "inconclusive", "green"):
        for ruling in gate.rulings:
            if ruling.outcome == outcome:
                yield f"- {SIGNS[outcome]} `{str(ruling.rule).replace('`', '')}` {markdown(ruling.text, 600)}"
    yield ""


def _model(model: ModelChange) -> Iterator[str]:
    told = [*(f"**{markdown(text, 400)}**" for text in answered_by(model)), pass_rates(model)]
    yield f"#### {markdown(model.model, 80)}"
    yield ""
    yield "; ".join(text for text in told if text)
    yield ""
    yield from table(
        ["task", *_HEADINGS],
        [[markdown(task.task, 80), *_cells(task, "score")] for task in by_urgency(model.tasks)],
    )
    yield ""
    yield "<details><summary>axes, cost, latency</summary>"
    yield ""
    others = [change.measure for change in model.changes if change.measure != "score"]
    yield from table(
        ["measure", *_HEADINGS], [[BY_NAME[name].words, *_cells(model, name)] for name in others]
    )
    yield ""
    yield "</details>"
    yield ""


def _cells(whose: ModelChange | TaskChange, name: str) -> list[str]:
    change, measure = whose.change(name), BY_NAME[name]
    cells = (
        verdict(change),
        measure.write(change.before),
        measure.write(change.after),
        measure.write_change(change.difference),
        interval(change),
    )
    return [markdown(cell) for cell in cells]
