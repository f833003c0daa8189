"""One task: who won, how each model did and why, and which checks told them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, ResultPart, RunDocument, TaskPart
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.report.numbers import count, fixed, listed
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.rows import Place, ResultRow, in_block, in_order, result_row
from pytest_llmbench.report.page.scales import Scale, score_scale
from pytest_llmbench.report.page.scopes import LANGUAGE_WORDS
from pytest_llmbench.report.verdict import NAMED, name, named
from pytest_llmbench.scoring.scorecard import JUDGED, Axis

Pairs = Sequence[tuple[ModelPart, ResultPart]]


class CheckRow(NamedTuple):
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


class TaskView(NamedTuple):
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


def task_views(
    document: RunDocument, comparison: Comparison, anchors: Anchors, *, waiting: bool = False
) -> Iterator[TaskView]:
    """Lay out the tasks, one after another, so that a large run need not be in memory at once.

    Args:
        document: The run.
        comparison: What tells its models apart.
        anchors: The names of places.
        waiting: Whether the answers wait in compressed blocks, one per task.
    """
    pairs = [_pairs(document, task, comparison) for task in document.tasks]
    for place, task in enumerate(document.tasks):
        before = _end(pairs[place - 1][-1:], anchors) if place else None
        after = _end(pairs[place + 1][:1], anchors) if place + 1 < len(pairs) else None
        view = _task_view(task, pairs[place], comparison, anchors, document.run.weights)
        rows = in_order(view.rows, before, after)
        if waiting:
            within = {row.anchor: number for number, row in enumerate(in_block(rows))}
            rows = [row._replace(block=(place, within[row.anchor])) for row in rows]
        yield view._replace(rows=rows, eyebrow=_eyebrow(task, place + 1, len(document.tasks)))


def _pairs(document: RunDocument, task: TaskPart, comparison: Comparison) -> Pairs:
    pairs = [(model, comparison.result(task.id, model.id)) for model in document.models]
    return sorted(pairs, key=lambda pair: -(pair[1].score or 0.0))


def _end(pairs: Pairs, anchors: Anchors) -> Place | None:
    return next(((anchors.answer(result.task, model.id), name(model)) for model, result in pairs), None)


def _task_view(
    task: TaskPart, pairs: Pairs, comparison: Comparison, anchors: Anchors, weights: Mapping[str, float]
) -> TaskView:
    scale = score_scale(sample.total for _, result in pairs for sample in result.samples)
    checks = _check_rows(pairs)
    alone = len(pairs) == 1
    winners = [model for model, result in pairs if result.winner]
    tied = _tied(task, winners, pairs, comparison)
    rows = [
        result_row(task, model, result, scale, anchors, weights=weights, tied=model in tied)
        for model, result in pairs
    ]
    return TaskView(
        task=task,
        anchor=anchors.task(task.id),
        eyebrow="",
        outcome=_outcome(winners, tied, pairs),
        star="Tie" if len(winners) > 1 else "Highest" if tied else "Winner",
        rows=rows,
        telling=[check for check in checks if alone or check.telling],
        settled=[check for check in checks if not (alone or check.telling)],
        scale=scale,
    )


def _eyebrow(task: TaskPart, place: int, total: int) -> str:
    language = LANGUAGE_WORDS.get(task.language, task.language)
    parts = [f"Task {place} of {total}", language, task.suite, *task.tags]
    return " · ".join(part for part in parts if part)


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
