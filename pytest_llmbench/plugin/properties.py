"""What JUnit files and other readers of reports are told of each item, as properties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_llmbench.bench.outcome import Outcome
from pytest_llmbench.models.price import cost_usd
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.scoring.scorecard import AXES
from pytest_llmbench.statistics.centre import median

if TYPE_CHECKING:
    from pytest_llmbench.comparison.change import TaskChange
    from pytest_llmbench.models.model import Model

Property = tuple[str, object]


def properties(outcomes: Sequence[Outcome], model: Model, change: TaskChange | None) -> Iterator[Property]:
    """Give the properties of an item: medians over its judged samples, cost, who answered, what changed."""
    cards = [outcome.scorecard for outcome in outcomes if outcome.scorecard.judged]
    yield "llmbench_samples", len(cards)
    yield from _number("score", median(card.total for card in cards))
    for axis in AXES:
        yield from _number(axis, median(getattr(card.axes, axis) for card in cards))
    costs = [cost_usd(o.completion.usage, model) for o in outcomes if o.completion is not None]
    known = [cost for cost in costs if cost is not None]
    if known and len(known) == len(costs):
        yield "llmbench_cost_usd", round(sum(known), 8)
    names = {o.completion.model_returned for o in outcomes if o.completion is not None}
    for name in sorted(name for name in names if name):
        yield "llmbench_model_returned", one_line(name)
    if change is not None:
        score = change.change("score")
        yield from _number("before", score.before)
        yield "llmbench_verdict", score.verdict


def _number(name: str, value: float | None) -> Iterator[Property]:
    if value is not None:
        yield f"llmbench_{name}", round(value, 2)
