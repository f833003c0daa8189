"""The comparison with a baseline in the form that a report draws its slope chart from."""

from __future__ import annotations

from pytest_llmbench.comparison.change import ModelChange, RunComparison
from pytest_llmbench.report.document import BaselinePart, ChangePart, RunDocument

SCORE = "score"


def with_baseline(document: RunDocument, comparison: RunComparison) -> RunDocument:
    """Give a document the baseline that it was compared with."""
    before = comparison.before
    tasks = {task.task for model in comparison.models for task in model.tasks}
    part = BaselinePart(
        name=before.name,
        run=before.run,
        started=before.started,
        tasks=tuple(task.id for task in document.tasks if task.id in tasks),
        changes=tuple(_change(model) for model in comparison.models),
    )
    return document.model_copy(update={"baseline": part})


def _change(model: ModelChange) -> ChangePart:
    change = next((each for each in model.changes if each.measure == SCORE), None)
    if change is None:
        return ChangePart(model=model.model, before=None, after=None)
    return ChangePart(
        model=model.model,
        before=change.before,
        after=change.after,
        difference=change.interval,
        sure=change.verdict in {"better", "worse"} if change.difference is not None else None,
    )
