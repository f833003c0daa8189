"""The first thing to read of a report: one sentence that answers which model to use, and what it costs."""

from __future__ import annotations

from typing import NamedTuple

from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, RunDocument
from pytest_llmbench.report.numbers import count, dollars, fixed, signed
from pytest_llmbench.report.verdict import NAMED, RIVALS, best_value, name, named, next_value, rivals

EMBEDDED = (
    "This is the small model that comes along, so that the benchmark can be tried without a key. "
    "It fails nearly every task."
)

_WHOLE = 10
"""From here on, a ratio of prices is said without decimals."""


class Hero(NamedTuple):
    """A label, one sentence, and what else there is to know, sentence by sentence."""

    label: str
    sentence: str
    details: tuple[str, ...]
    model: ModelPart | None = None


def hero(document: RunDocument, comparison: Comparison) -> Hero:
    """Say which model to use, as far as this run can tell."""
    best = comparison.best
    if best is None:
        return Hero("No ranking", "No model could be ranked", _why_none(document))
    value = best_value(comparison)
    if len(comparison.ranked) < RIVALS:
        return Hero(
            "Score", f"{name(best)} scores {fixed(best.score)} of 10", _about_one(document, best), best
        )
    if value is None:
        details = (f"{_capital(rivals(best, comparison))}.", *_pass_mark(document, best))
        details += ("No price is known, so there is no value to give.",)
        return Hero("Best score", f"{name(best)} scores highest: {fixed(best.score)} of 10", details, best)
    price = f"{dollars(value.price_output)} per million output tokens"
    details = (
        *_value_details(value, comparison),
        *_next_to(value, best, comparison),
        *_pass_mark(document, value),
    )
    return Hero("Best value", f"{name(value)} scores {fixed(value.score)} of 10 for {price}", details, value)


def _why_none(document: RunDocument) -> tuple[str, ...]:
    """Give the commonest reasons, each with the models that it holds for."""
    reasons: dict[str, list[ModelPart]] = {}
    for model in document.models:
        reasons.setdefault(one_line(model.unranked or "no score", 300), []).append(model)
    commonest = sorted(reasons.items(), key=lambda item: -len(item[1]))[:NAMED]
    texts = tuple(f"{_capital(named(models))}: {reason}." for reason, models in commonest)
    return texts or ("No model took part.",)


def _about_one(document: RunDocument, model: ModelPart) -> tuple[str, ...]:
    details = _pass_mark(document, model)
    if model.embedded:
        return (*details, EMBEDDED)
    if model.price_output is None:
        return (*details, "Its price is not known, so there is no value to give.")
    price = f"It costs {dollars(model.price_output)} per million output tokens{_felt_cost(model)}."
    return (*details, price)


def _value_details(value: ModelPart, comparison: Comparison) -> tuple[str, ...]:
    after = next_value(value, comparison)
    rest = f"; next is {name(after)} with {fixed(after.value)}" if after else ""
    return (f"{fixed(value.value)} points per dollar of that price{rest}{_felt_cost(value)}.",)


def _felt_cost(model: ModelPart) -> str:
    if model.cost_usd is None or not model.judged:
        return ""
    return f". 1,000 answers like these cost {dollars(model.cost_usd / model.judged * 1000)}"


def _next_to(value: ModelPart, best: ModelPart, comparison: Comparison) -> tuple[str, ...]:
    """Set the best value beside the best score."""
    if value is best:
        return (f"It is the best overall as well; {rivals(best, comparison)}.",)
    price = _times(best, value)
    if comparison.tied(best.id, value.id):
        return (
            f"{name(best)} has the highest score, {fixed(best.score)}{price}; the two cannot be told apart.",
        )
    gap = signed((best.score or 0.0) - (value.score or 0.0))
    more = f" ({gap})" if gap.startswith("+") else ""
    return (f"{name(best)} has the highest score, {fixed(best.score)}{more}{price}.",)


def _times(model: ModelPart, base: ModelPart) -> str:
    if not model.price_output or not base.price_output:
        return ""
    ratio = model.price_output / base.price_output
    if ratio <= 1:
        return f", at {dollars(model.price_output)}"
    return f", at {fixed(ratio, 0 if ratio >= _WHOLE else 1).removesuffix('.0')} times the price"


def _pass_mark(document: RunDocument, model: ModelPart) -> tuple[str, ...]:
    """Say so where a model is below the pass mark somewhere: cheap is no use then."""
    mark = document.run.pass_mark
    results = [result for result in document.results if result.model == model.id]
    passed = sum(result.score is not None and result.score >= mark for result in results)
    if not mark or passed == len(results):
        return ()
    return (f"It reaches the pass mark of {fixed(mark)} in {passed} of {count(len(results), 'task')}.",)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
