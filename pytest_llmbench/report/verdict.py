"""Which model to use for what, and why: recommendations in words, computed from the document alone.

A sentence never claims more than the numbers: where two models cannot be told apart, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, RunDocument
from pytest_llmbench.report.numbers import count, fixed, listed, signed, span

NAMED = 3
"""How many models a sentence names before it counts them."""
NEAR = 1.0
"""Points that a score may lack and still be near: with few samples much cannot be told apart."""
RIVALS = 2
"""Nothing is best among fewer."""


class Recommendation(NamedTuple):
    """A need, the model for it, and why. `score` is the score on the tasks that count for the need."""

    need: str
    model: ModelPart
    score: float
    because: str


Maker = Callable[[RunDocument, Comparison], Recommendation | None]


def recommendations(document: RunDocument, comparison: Comparison) -> list[Recommendation]:
    """Give a model for each need that this run can speak to; none where fewer than two models are ranked."""
    if len(comparison.ranked) < RIVALS:
        return []
    makers: tuple[Maker, ...] = (_value, _overall, _cheapest_like_best, _code, _hard, _review, _router)
    return [made for maker in makers if (made := maker(document, comparison)) is not None]


def name(model: ModelPart) -> str:
    """Give what people call a model."""
    return one_line(model.title or model.id, 80)


def named(models: Sequence[ModelPart]) -> str:
    """Name some models, or count them where they are many."""
    return listed([name(model) for model in models]) if len(models) <= NAMED else count(len(models), "model")


def best_value(comparison: Comparison) -> ModelPart | None:
    """Give the ranked model with the trophy."""
    return next((model for model in comparison.ranked if model.best_value), None)


def next_value(value: ModelPart, comparison: Comparison) -> ModelPart | None:
    """Give the model that has the best value after the one with the trophy; no router."""
    rest = [m for m in comparison.ranked if m.value is not None and m is not value and not m.router]
    return max(rest, key=lambda model: model.value or 0.0, default=None)


def rivals(best: ModelPart, comparison: Comparison) -> str:
    """Say which models cannot be told apart from the best, or which is next."""
    rest = [model for model in comparison.ranked if model is not best]
    tied = [model for model in rest if comparison.tied(best.id, model.id)]
    if tied:
        return f"cannot be told apart from {named(tied)}"
    return f"next is {name(rest[0])} with {fixed(rest[0].score)}"


def _value(_: RunDocument, comparison: Comparison) -> Recommendation | None:
    value = best_value(comparison)
    after = next_value(value, comparison) if value else None
    if value is None or after is None:
        return None
    points = f"{fixed(value.value)} points per dollar of price"
    text = f"{points}; next is {name(after)} with {fixed(after.value)}"
    return Recommendation("the best value", value, value.score or 0.0, text)


def _overall(_: RunDocument, comparison: Comparison) -> Recommendation:
    best = comparison.ranked[0]
    text = f"highest score; {rivals(best, comparison)}"
    return Recommendation("the best overall", best, best.score or 0.0, text)


def _cheapest_like_best(_: RunDocument, comparison: Comparison) -> Recommendation | None:
    best = comparison.ranked[0]
    like = [
        model
        for model in comparison.ranked[1:]
        if model.price_output is not None and not model.router and comparison.tied(best.id, model.id)
    ]
    cheapest = min(like, key=lambda model: model.price_output or 0.0, default=None)
    if cheapest is None or best.price_output is None or (cheapest.price_output or 0.0) >= best.price_output:
        return None
    low, high = comparison.difference(cheapest.id, best.id) or (0.0, 0.0)
    text = f"cheapest that cannot be told apart from {name(best)} ({signed(low)} to {signed(high)})"
    if (best.score or 0.0) - (cheapest.score or 0.0) > NEAR:
        return Recommendation(
            "maybe that for less", cheapest, cheapest.score or 0.0, f"{text}; more samples would tell"
        )
    return Recommendation("nearly that for less", cheapest, cheapest.score or 0.0, text)


def _code(_: RunDocument, comparison: Comparison) -> Recommendation | None:
    models = [model for model in comparison.ranked if model.category.lower().startswith(("code", "coding"))]
    if not models:
        return None
    best = models[0]
    if len(models) == 1:
        text = f"the only code-specialised model here, rank {best.rank}"
    else:
        text = f"best of {len(models)} code-specialised; {_runner_up(models, comparison, ())}"
    return Recommendation("a code specialist", best, best.score or 0.0, text)


def _hard(document: RunDocument, comparison: Comparison) -> Recommendation | None:
    return _tagged("hard", "hard problems", document, comparison)


def _review(document: RunDocument, comparison: Comparison) -> Recommendation | None:
    return _tagged("review", "code review", document, comparison)


def _tagged(tag: str, need: str, document: RunDocument, comparison: Comparison) -> Recommendation | None:
    tasks = [task.id for task in document.tasks if tag in task.tags]
    if not tasks:
        return None
    models = comparison.order(comparison.ranked, tasks)
    where = f"the task tagged {tag}" if len(tasks) == 1 else f"the {len(tasks)} tasks tagged {tag}"
    text = f"best on {where}; {_runner_up(models, comparison, tasks)}"
    return Recommendation(need, models[0], comparison.score(models[0], tasks), text)


def _runner_up(models: Sequence[ModelPart], comparison: Comparison, tasks: Sequence[str]) -> str:
    best, second = models[:RIVALS]
    score = fixed(comparison.score(second, tasks or comparison.every_task))
    if comparison.tied(best.id, second.id, tasks):
        return f"cannot be told apart from {name(second)} ({score})"
    return f"next is {name(second)} with {score}"


def _router(_: RunDocument, comparison: Comparison) -> Recommendation | None:
    router = next((model for model in comparison.ranked if model.router), None)
    if router is None:
        return None
    sent = [f"{one_line(to, 60)} ({number})" for to, number in list(router.returned.items())[:NAMED]]
    where = f"used {listed(sent)}" if sent else "did not say which models it used"
    text = f"{where}; samples scored {span(router.spread)}"
    return Recommendation("a router", router, router.score or 0.0, text)
