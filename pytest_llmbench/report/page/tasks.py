"""One task: who won, how each model did and why, and which checks told them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, ResultPart, RunDocument, TaskPart
from pytest_llmbench.report.leaderboard import returned
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.report.numbers import count, fixed, listed
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.answers import SampleView, sample_view
from pytest_llmbench.report.page.scales import Scale, score_scale
from pytest_llmbench.report.verdict import NAMED, name, named
from pytest_llmbench.scoring.scorecard import JUDGED, Axis

LANGUAGE_WORDS = {"python": "Python", "javascript": "JavaScript", "typescript": "TypeScript", "go": "Go"}


@dataclass(frozen=True)
class ResultRow:
    """What a model made of the task. `dots` are the places of its samples' totals, from 0 to 100."""

    model: ModelPart
    result: ResultPart
    anchor: str
    dots: list[float]
    at: float | None
    passed: int
    checks: int
    returned: str
    tied: bool
    samples: Iterator[SampleView]


@dataclass(frozen=True)
class CheckRow:
    """A check over all models: in how many judged samples it passed, and which models never passed it."""

    label: str
    axis: str
    passed: int
    samples: int
    models: int
    all_models: int
    never: str

    @property
    def telling(self) -> bool:
        """Whether some samples pass it and some do not."""
        return 0 < self.passed < self.samples


@dataclass(frozen=True)
class TaskView:
    """A task's section."""

    task: TaskPart
    anchor: str
    eyebrow: str
    outcome: str
    star: str
    rows: list[ResultRow]
    telling: list[CheckRow]
    settled: list[CheckRow]
    scale: Scale


def task_views(document: RunDocument, comparison: Comparison, anchors: Anchors) -> Iterator[TaskView]:
    """Lay out the tasks, one after another, so that a large run need not be in memory at once."""
    for place, task in enumerate(document.tasks, start=1):
        results = [comparison.result(task.id, model.id) for model in document.models]
        scale = score_scale(sample.total for result in results for sample in result.samples)
        pairs = list(zip(document.models, results, strict=True))
        pairs.sort(key=lambda pair: -(pair[1].score or 0.0))
        checks = _check_rows(pairs)
        alone = len(pairs) == 1
        winners = [model for model, result in pairs if result.winner]
        tied = _tied(task, winners, pairs, comparison)
        yield TaskView(
            task=task,
            anchor=anchors.task(task.id),
            eyebrow=_eyebrow(task, place, len(document.tasks)),
            outcome=_outcome(winners, tied, pairs),
            star="Tie" if len(winners) > 1 else "Highest" if tied else "Winner",
            rows=[_result_row(task, model, result, scale, anchors, tied) for model, result in pairs],
            telling=[check for check in checks if alone or check.telling],
            settled=[check for check in checks if not (alone or check.telling)],
            scale=scale,
        )


def _eyebrow(task: TaskPart, place: int, total: int) -> str:
    language = LANGUAGE_WORDS.get(task.language, task.language)
    parts = [f"Task {place} of {total}", language, task.suite, *task.tags]
    return " · ".join(part for part in parts if part)


Pairs = Sequence[tuple[ModelPart, ResultPart]]


def _tied(
    task: TaskPart, winners: Sequence[ModelPart], pairs: Pairs, comparison: Comparison
) -> list[ModelPart]:
    """Give the models that cannot be told apart from a lone winner."""
    if len(winners) != 1:
        return []
    rest = [model for model, result in pairs if result.score is not None and model is not winners[0]]
    return [model for model in rest if comparison.tied(winners[0].id, model.id, (task.id,))]


def _outcome(winners: Sequence[ModelPart], tied: Sequence[ModelPart], pairs: Pairs) -> str:
    """Say in a sentence who won."""
    scored = [(model, result) for model, result in pairs if result.score is not None]
    if not scored:
        return "No model has a score."
    first, best = name(scored[0][0]), fixed(scored[0][1].score)
    if len(pairs) == 1:
        return f"{first} scored {best}."
    if not winners:
        return f"No winner: no model scored above {best}."
    if len(winners) > 1:
        return f"A tie at {best}: {named(winners)}."
    if not tied:
        return f"{first} wins with {best}."
    return f"{first} has {best}, the highest score; it cannot be told apart from {named(tied)}."


def _result_row(
    task: TaskPart,
    model: ModelPart,
    result: ResultPart,
    scale: Scale,
    anchors: Anchors,
    tied: Sequence[ModelPart],
) -> ResultRow:
    checks = [check for sample in result.samples if sample.status in JUDGED for check in sample.checks]
    names = [f"{name} ({number})" for name, number in returned(result).items()]
    cost = "Output cost" if model.price_input is None else "Cost"
    views = (
        sample_view(sample, anchors.sample(task.id, model.id, sample.index), task.language, cost)
        for sample in result.samples
    )
    return ResultRow(
        model=model,
        result=result,
        anchor=anchors.answer(task.id, model.id),
        dots=[scale.percent(sample.total) for sample in result.samples if sample.total is not None],
        at=None if result.score is None else scale.percent(result.score),
        passed=sum(check.passed for check in checks),
        checks=len(checks),
        returned=listed(names) if model.router else "",
        tied=model in tied,
        samples=views,
    )


def _check_rows(pairs: Pairs) -> list[CheckRow]:
    """Count each check over all samples that reached a verdict, the most even split first."""
    tallies: dict[tuple[Axis, str], dict[str, list[bool]]] = {}
    titles = {model.id: name(model) for model, _ in pairs}
    for model, result in pairs:
        for check in (c for sample in result.samples if sample.status in JUDGED for c in sample.checks):
            by_model = tallies.setdefault((check.axis, check.label), {})
            by_model.setdefault(model.id, []).append(check.passed)
    rows = [_check_row(axis, label, tally, titles) for (axis, label), tally in tallies.items()]
    return sorted(rows, key=lambda row: abs(row.passed / row.samples - 0.5))


def _check_row(axis: Axis, label: str, tally: dict[str, list[bool]], titles: dict[str, str]) -> CheckRow:
    outcomes = [passed for all_passed in tally.values() for passed in all_passed]
    never = [titles[model] for model, all_passed in tally.items() if not any(all_passed)]
    return CheckRow(
        label=label,
        axis=AXIS_WORDS[axis],
        passed=sum(outcomes),
        samples=len(outcomes),
        models=sum(any(all_passed) for all_passed in tally.values()),
        all_models=len(tally),
        never=listed(never) if len(never) <= NAMED else count(len(never), "model"),
    )
