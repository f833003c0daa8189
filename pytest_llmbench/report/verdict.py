"""The verdict in sentences: which model to use for what, and why, computed from the document alone.

A sentence never claims more than the numbers: where two models cannot be told apart, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, RunDocument
from pytest_llmbench.report.numbers import count, dollars, fixed, listed, signed, span

_NAMED = 3
_RIVALS = 2
"""Nothing is best among fewer."""


@dataclass(frozen=True)
class Recommendation:
    """A need, the model for it, and why. `score` is the score on the tasks that count for the need."""

    need: str
    model: ModelPart
    score: float
    because: str


@dataclass(frozen=True)
class Hero:
    """The first thing to read: a label, one sentence, and what else there is to know in one paragraph."""

    label: str
    sentence: str
    details: tuple[str, ...]
    model: ModelPart | None = None


def name(model: ModelPart) -> str:
    """Give what people call a model."""
    return one_line(model.title or model.id, 80)


def hero(document: RunDocument, comparison: Comparison) -> Hero:
    """Say which model to use, as far as this run can tell."""
    best = comparison.best
    if best is None:
        reasons = {one_line(model.unranked or "no score", 300) for model in document.models}
        return Hero(
            "No ranking", "No model could be ranked", tuple(f"{text}." for text in sorted(reasons)[:_NAMED])
        )
    value = next((model for model in comparison.ranked if model.best_value), None)
    if value is None or len(comparison.ranked) < _RIVALS:
        return _alone(document, comparison, best)
    details = [*_next_to(value, best, comparison), *_felt_cost(value), *_pass_mark(document, value)]
    sentence = f"{name(value)} scores {fixed(value.score)} of 10 for {dollars(value.price_output)} per million output tokens"
    return Hero("Best value", sentence, tuple(details), value)


def recommendations(document: RunDocument, comparison: Comparison) -> list[Recommendation]:
    """Give a model for each need that this run can speak to; none where fewer than two models are ranked."""
    if len(comparison.ranked) < _RIVALS:
        return []
    makers: tuple[Callable[[RunDocument, Comparison], Recommendation | None], ...] = (
        _best_value, _best_overall, _cheapest_like_best, _code_specialised, _hard, _review, _router,
    )  # fmt: skip
    return [made for maker in makers if (made := maker(document, comparison)) is not None]


def _alone(document: RunDocument, comparison: Comparison, best: ModelPart) -> Hero:
    details = []
    if len(comparison.ranked) > 1:
        details += [f"{text}." for text in _rivals(best, comparison)]
    details += _pass_mark(document, best)
    if best.embedded:
        details.append(
            "It is the small model that comes along, so that the benchmark can be tried without a key; "
            "it is expected to fail."
        )
    elif best.price_output is None:
        details.append("Its price is not known, so there is no value to give.")
    else:
        details.append(f"It costs {dollars(best.price_output)} per million output tokens.")
        details += _felt_cost(best)
    highest = " highest" if len(comparison.ranked) > 1 else ""
    label = "Best score" if highest else "Score"
    return Hero(
        label,
        f"{name(best)} scores{highest} {fixed(best.score)} of 10".replace("highest ", "highest: "),
        tuple(details),
        best,
    )


def _next_to(value: ModelPart, best: ModelPart, comparison: Comparison) -> list[str]:
    if value is best:
        return ["It is the best overall as well.", *(f"{text}." for text in _rivals(best, comparison))]
    tied = comparison.tied(best.id, value.id)
    times = _times(best, value)
    if tied:
        return [
            f"{name(best)} has the highest score, {fixed(best.score)}{times}, but the two cannot be told apart."
        ]
    gap = (best.score or 0.0) - (value.score or 0.0)
    return [f"{name(best)} has the highest score, {fixed(best.score)}: {signed(gap)}{times}."]


def _times(model: ModelPart, base: ModelPart) -> str:
    if not model.price_output or not base.price_output:
        return ""
    ratio = model.price_output / base.price_output
    if ratio < 1:
        return f" at {dollars(model.price_output)}"
    return f" at {fixed(ratio, 0 if ratio >= 10 else 1).removesuffix('.0')} times the price"  # noqa: PLR2004


def _felt_cost(model: ModelPart) -> list[str]:
    if model.cost_usd is None or not model.judged:
        return []
    return [f"1,000 answers like these cost {dollars(model.cost_usd / model.judged * 1000)}."]


def _pass_mark(document: RunDocument, model: ModelPart) -> list[str]:
    mark = document.run.pass_mark
    if not mark:
        return []
    results = [result for result in document.results if result.model == model.id]
    passed = sum(result.score is not None and result.score >= mark for result in results)
    if passed == len(results):
        return []
    return [f"It reaches the pass mark of {fixed(mark)} in {passed} of {count(len(results), 'task')}."]


def _rivals(best: ModelPart, comparison: Comparison) -> list[str]:
    """Name the models that cannot be told apart from the best, or the next one and how far off it is."""
    rest = [model for model in comparison.ranked if model is not best]
    tied = [model for model in rest if comparison.tied(best.id, model.id)]
    if tied:
        names = [name(model) for model in tied]
        shown = listed(names) if len(names) <= _NAMED else count(len(names), "model")
        return [f"{shown} cannot be told apart from it"]
    return [f"next is {name(rest[0])} with {fixed(rest[0].score)}"] if rest else []


def _best_value(_: RunDocument, comparison: Comparison) -> Recommendation | None:
    value = next((model for model in comparison.ranked if model.best_value), None)
    if value is None:
        return None
    rest = [m for m in comparison.ranked if m.value is not None and m is not value and not m.router]
    if not rest:
        return None
    after = max(rest, key=lambda model: model.value or 0.0)
    text = f"{fixed(value.value)} points per dollar of output price; next is {name(after)} with {fixed(after.value)}"
    return Recommendation("the best value", value, value.score or 0.0, text)


def _best_overall(_: RunDocument, comparison: Comparison) -> Recommendation:
    best = comparison.ranked[0]
    text = f"highest score; {'; '.join(_rivals(best, comparison))}"
    return Recommendation("the best overall", best, best.score or 0.0, text)


def _cheapest_like_best(_: RunDocument, comparison: Comparison) -> Recommendation | None:
    best = comparison.ranked[0]
    like = [
        model
        for model in comparison.ranked[1:]
        if model.price_output is not None and not model.router and comparison.tied(best.id, model.id)
    ]
    if not like or best.price_output is None:
        return None
    cheapest = min(like, key=lambda model: model.price_output or 0.0)
    if (cheapest.price_output or 0.0) >= best.price_output:
        return None
    difference = comparison.difference(cheapest.id, best.id)
    low, high = difference or (0.0, 0.0)
    text = (
        f"the cheapest that cannot be told apart from {name(best)} "
        f"(difference {signed(low)} to {signed(high)}, 95 %)"
    )
    return Recommendation("nearly that for less", cheapest, cheapest.score or 0.0, text)


def _code_specialised(_: RunDocument, comparison: Comparison) -> Recommendation | None:
    models = [model for model in comparison.ranked if model.category.lower().startswith(("code", "coding"))]
    if not models:
        return None
    best = models[0]
    if len(models) == 1:
        text = f"the only code-specialised model here, rank {best.rank}"
    else:
        text = f"best of {len(models)} code-specialised models; {_runner_up(models, comparison, ())}"
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
    score = comparison.score(models[0], tasks)
    text = f"{fixed(score)} on the {count(len(tasks), 'task')} tagged {tag}; {_runner_up(models, comparison, tasks)}"
    return Recommendation(need, models[0], score, text.replace("the 1 task", "the task"))


def _runner_up(models: Sequence[ModelPart], comparison: Comparison, tasks: Sequence[str]) -> str:
    best, second = models[:_RIVALS]
    score = fixed(comparison.score(second, tasks or comparison.every_task))
    tied = comparison.tied(best.id, second.id, tasks)
    if tied:
        return f"{name(second)} ({score}) cannot be told apart from it"
    return f"next is {name(second)} with {score}"


def _router(_: RunDocument, comparison: Comparison) -> Recommendation | None:
    router = next((model for model in comparison.ranked if model.router), None)
    if router is None:
        return None
    names = [f"{one_line(to, 60)} ({number})" for to, number in list(router.returned.items())[:_NAMED]]
    sent = f"sent its calls to {listed(names)}; " if names else "did not say which models it used; "
    return Recommendation(
        "a router", router, router.score or 0.0, f"{sent}its samples scored {span(router.spread)}"
    )
