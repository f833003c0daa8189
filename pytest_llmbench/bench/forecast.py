"""What a run would ask, and what that may cost, before anything is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_llmbench.bench.trials import Selected, opinion_trial
from pytest_llmbench.completions.budget import NANO, prompt_tokens, tokens_nano, worst_nano
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.prompt import ask_about
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.columns import cut, measure, pad
from pytest_llmbench.report.numbers import UNKNOWN, dollars
from pytest_llmbench.values import Value

_HEAD = ("model", "trials", "prompt tokens", "output tokens", "cost at most")
_GAP = "  "
_LONGEST_NAME = 40


class Forecast(Value):
    """What asking one model takes at most, by the same measure as a budget.

    `cost_usd` is None where the model's price is not known.
    """

    model: str
    trials: int
    prompt_tokens: int
    output_tokens: int
    cost_usd: float | None


def forecast(model: Model, trials: Iterable[Trial]) -> Forecast:
    """Add up what is asked of a model."""
    asked = list(trials)
    worst = [worst_nano(trial, model) for trial in asked]
    known = [nano for nano in worst if nano is not None]
    return Forecast(
        model=model.id,
        trials=len(asked),
        prompt_tokens=sum(map(prompt_tokens, asked)),
        output_tokens=sum(trial.parameters.max_tokens for trial in asked),
        cost_usd=sum(known) / NANO if len(known) == len(worst) else None,
    )


def forecast_opinions(judge: Selected, asked: Iterable[tuple[str, Trial]]) -> Forecast:
    """Add up what is asked of a judge.

    Args:
        judge: Who is asked.
        asked: The trials whose answers it is asked about, each with its task's prompt. No answer is known
            yet: each counts with all the tokens that it may have.
    """
    found = list(asked)
    empty = [opinion_trial(trial.task, ask_about(prompt, ""), judge) for prompt, trial in found]
    whole = forecast(judge.model, empty)
    answers = sum(trial.parameters.max_tokens for _, trial in found)
    extra = tokens_nano(answers, 0, judge.model)
    cost = None if whole.cost_usd is None or extra is None else whole.cost_usd + extra / NANO
    tokens = whole.prompt_tokens + answers
    return whole.model_copy(
        update={"model": f"opinions of {judge.model.id}", "prompt_tokens": tokens, "cost_usd": cost}
    )


def forecast_lines(
    models: Sequence[Forecast],
    budget: float | None = None,
    booked: float = 0.0,
    opinions: Forecast | None = None,
) -> list[str]:
    """Draw the table, and say what it means.

    Args:
        models: What is asked of each model.
        budget: The limit in USD, if there is one.
        booked: What of it is used up already.
        opinions: What is asked of a judge, which is in no sum but that which is held against the budget.
    """
    rows = [_HEAD, *map(_row, models)]
    total = _total(models)
    if len(models) > 1:
        rows.append(_row(total))
    if opinions is not None:
        rows.append(_row(opinions))
        total = _total([total, opinions])
    cells = [max(measure(row[place]) for row in rows) for place in range(len(_HEAD))]
    table = [
        _GAP.join(
            pad(text, width, right=place > 0)
            for place, (text, width) in enumerate(zip(row, cells, strict=True))
        )
        for row in rows
    ]
    everybody = [*models, *([opinions] if opinions is not None else [])]
    return [*table, *_notes(everybody), *_against(budget, booked, total.cost_usd)]


def _row(found: Forecast) -> tuple[str, ...]:
    name = cut(one_line(found.model), _LONGEST_NAME)
    numbers = (found.trials, found.prompt_tokens, found.output_tokens)
    return (name, *(f"{number:,}" for number in numbers), dollars(found.cost_usd))


def _total(models: Sequence[Forecast]) -> Forecast:
    costs = [found.cost_usd for found in models if found.cost_usd is not None]
    return Forecast(
        model="all",
        trials=sum(found.trials for found in models),
        prompt_tokens=sum(found.prompt_tokens for found in models),
        output_tokens=sum(found.output_tokens for found in models),
        cost_usd=sum(costs) if len(costs) == len(models) else None,
    )


def _notes(models: Sequence[Forecast]) -> list[str]:
    lines = [
        "Upper limits: a prompt has no more tokens than bytes, and no answer is longer than its limit; most",
        "are far shorter. What is lost under way and asked again comes on top.",
    ]
    if unknown := [one_line(found.model) for found in models if found.cost_usd is None]:
        lines.append(f"{UNKNOWN}: the output price of {', '.join(unknown)} is not known")
    return lines


def _against(budget: float | None, booked: float, cost: float | None) -> list[str]:
    """Hold the limit against the budget."""
    if budget is None or cost is None:
        return []
    before = f", of which {dollars(booked)} is booked" if booked else ""
    if cost + booked <= budget:
        return [f"within the budget of {dollars(budget)}{before}"]
    return [f"above the budget of {dollars(budget)}{before}: what does not fit would not be asked"]
