"""From samples to the leaderboard: medians, means, ranks, values, winners. Every report shows these numbers.

One rule for what counts: a task's score is the median total of the samples that were judged, a model's
score the mean over all tasks. A model without a score for each task has none, since a mean over fewer
tasks than the others' would be of another kind.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from pytest_llmbench.models.model import Model
from pytest_llmbench.report.document import ModelPart, ResultPart, RunDocument, RunPart, SamplePart, TaskPart
from pytest_llmbench.report.notes import note, unjudged_cause
from pytest_llmbench.report.numbers import listed
from pytest_llmbench.report.opinions import judges_of, opinion_score
from pytest_llmbench.scoring.axes import LOWEST
from pytest_llmbench.scoring.scorecard import AXES, JUDGED, AxisScores
from pytest_llmbench.statistics.bootstrap import score_interval
from pytest_llmbench.statistics.centre import mean, median

_P = TypeVar("_P", ModelPart, ResultPart)

Samples = Mapping[tuple[str, str], Sequence[SamplePart]]

_NAMED_TASKS = 3


def build_document(
    run: RunPart,
    tasks: Sequence[TaskPart],
    models: Sequence[Model | ModelPart],
    samples: Samples,
    *,
    intervals: bool = True,
) -> RunDocument:
    """Make the document of a run.

    Args:
        run: The run as a whole.
        tasks: The tasks, in the order in which they are to be shown.
        models: The models that took part.
        samples: By (task id, model id) the samples; a pair that is missing was not run.
        intervals: Whether to draw the scores' intervals, which takes most of the time.

    Returns:
        The document: models by rank, those without a rank last; results by task, then in the models' order.
    """
    results = {
        (task.id, model.id): _result(task.id, model.id, samples.get((task.id, model.id), ()))
        for task in tasks
        for model in models
    }
    ranked = rank_models(
        models, lambda model: [results[task.id, model] for task in tasks], run.samples, intervals=intervals
    )
    winners = {key for task in tasks for key in _winners([results[task.id, m.id] for m in ranked])}
    ordered = [results[task.id, model.id] for task in tasks for model in ranked]
    return RunDocument(
        run=run,
        tasks=tuple(tasks),
        models=tuple(ranked),
        results=tuple(_with(result, winner=(result.task, result.model) in winners) for result in ordered),
        judges=judges_of(ordered),
    )


def rank_models(
    models: Sequence[Model | ModelPart],
    results_of: Callable[[str], Sequence[ResultPart]],
    samples: int,
    *,
    intervals: bool = True,
) -> list[ModelPart]:
    """Make the lines of a leaderboard from some tasks' results: by rank, those without one last.

    Args:
        models: The models that took part.
        results_of: Gives a model's results of the tasks that count, by its id.
        samples: How many samples were asked for per task.
        intervals: Whether to draw the scores' intervals, which takes most of the time.
    """
    parts = [_model_part(model, results_of(model.id), samples, intervals=intervals) for model in models]
    return _with_best_value(_ranked(parts))


def _result(task: str, model: str, samples: Sequence[SamplePart]) -> ResultPart:
    judged = [sample for sample in samples if sample.status in JUDGED]
    return ResultPart(
        task=task,
        model=model,
        score=median(sample.total for sample in judged),
        axes=_axes(median, [sample.axes for sample in judged]),
        note=note(samples),
        samples=tuple(samples),
    )


def _model_part(
    model: Model | ModelPart, results: Sequence[ResultPart], asked: int, *, intervals: bool
) -> ModelPart:
    samples = [sample for result in results for sample in result.samples]
    complete = bool(results) and all(result.score is not None for result in results)
    score = mean(result.score for result in results) if complete else None
    cost = _cost(samples)
    totals = judged_totals(results)
    every = [total for task in totals for total in task]
    return ModelPart(
        id=model.id,
        title=model.title,
        vendor=model.vendor,
        category=model.category,
        price_output=model.price_output,
        price_input=model.price_input,
        router=model.router,
        embedded=model.embedded,
        score=score,
        interval=score_interval(totals, seed=model.id) if complete and intervals else None,
        axes=_axes(mean, [result.axes for result in results]) if complete else AxisScores(),
        value=_ratio(score, model.price_output),
        cost_usd=cost,
        score_per_usd=_ratio(score, cost),
        latency_s=median(sample.latency_s for sample in samples),
        tokens_per_s=median(speed(sample) for sample in samples),
        rank=None,
        unranked=None if complete else _why_unranked(results),
        truncated=sum(sample.status == "truncated" for sample in samples),
        no_code=sum(sample.status == "no_code" for sample in samples),
        errors=sum(sample.status not in JUDGED for sample in samples),
        judged=len(every),
        expected=sum(max(asked, len(result.samples)) for result in results),
        returned=returned(*results),
        spread=(min(every), max(every)) if every else None,
        opinion=opinion_score(results) if complete else None,
    )


def speed(sample: SamplePart) -> float | None:
    """Give a call's output tokens per second."""
    output, seconds = sample.usage.output, sample.latency_s
    return output / seconds if output and seconds else None


def returned(*results: ResultPart) -> dict[str, int]:
    """Count the model names in the replies, the commonest first."""
    names = (sample.model_returned for result in results for sample in result.samples)
    return dict(Counter(name for name in names if name).most_common())


def judged_totals(results: Sequence[ResultPart]) -> list[list[float]]:
    """Give per result the totals of its judged samples."""
    return [
        [sample.total for sample in result.samples if sample.status in JUDGED and sample.total is not None]
        for result in results
    ]


def _axes(middle: Callable[[list[float | None]], float | None], axes: Sequence[AxisScores]) -> AxisScores:
    return AxisScores(**{axis: middle([getattr(one, axis) for one in axes]) for axis in AXES})


def _cost(samples: Sequence[SamplePart]) -> float | None:
    """Add up what is known; nothing is known where a reply that was judged has no cost."""
    costs = [sample.cost_usd for sample in samples]
    if any(sample.cost_usd is None and sample.status in JUDGED for sample in samples):
        return None
    known = [cost for cost in costs if cost is not None]
    return math.fsum(known) if known else None


def _ratio(score: float | None, price: float | None) -> float | None:
    return score / price if score is not None and price else None


def _why_unranked(results: Sequence[ResultPart]) -> str:
    if not results:
        return "no task was run"
    lacking = [result for result in results if result.score is None]
    more = len(lacking) - _NAMED_TASKS
    named = listed(
        [*(result.task for result in lacking[:_NAMED_TASKS]), *([f"{more} more"] if more > 0 else [])]
    )
    causes = Counter(unjudged_cause(result.samples) or "not run" for result in lacking)
    return f"no score for {named} ({causes.most_common(1)[0][0]})"


def _ranked(parts: Sequence[ModelPart]) -> list[ModelPart]:
    """Rank unrounded scores; of equal ones the cheaper model is first, then the one whose id is."""
    scored = sorted((part for part in parts if part.score is not None), key=_rank_key)
    ranked = [_with(part, rank=place) for place, part in enumerate(scored, start=1)]
    return [*ranked, *(part for part in parts if part.score is None)]


def _rank_key(part: ModelPart) -> tuple[float, float, str]:
    price = math.inf if part.price_output is None else part.price_output
    return -(part.score or 0.0), price, part.id


def _with_best_value(parts: Sequence[ModelPart]) -> list[ModelPart]:
    """Mark the model with the best value; a router's price does not buy one model, so it is left out."""
    candidates = [part for part in parts if part.value is not None and not part.router]
    best = max(candidates, key=lambda part: part.value or 0.0, default=None)
    return [_with(part, best_value=True) if part is best else part for part in parts]


def _winners(results: Sequence[ResultPart]) -> set[tuple[str, str]]:
    """Give the results with the highest score, ties included; nobody wins with the lowest score there is."""
    best = max((result.score for result in results if result.score is not None), default=LOWEST)
    if best <= LOWEST:
        return set()
    return {
        (result.task, result.model)
        for result in results
        if result.score is not None and math.isclose(result.score, best, abs_tol=1e-9)
    }


def _with(part: _P, **changes: object) -> _P:
    return part.model_copy(update=changes)
