"""Earlier runs of the same tasks, from storage, for the report's history."""

from __future__ import annotations

from pytest_llmbench.report.document import PastRun, PastScore, RunDocument
from pytest_llmbench.storage.stored import Storage, StoredRun

MOST_RUNS = 12
"""So many earlier runs are shown, the latest of them."""


def with_history(document: RunDocument, storage: Storage) -> RunDocument:
    """Give a document the scores of earlier runs that judged the same tasks, in the same state."""
    tasks = {task.id: task.hash for task in document.tasks}
    past: list[PastRun] = []
    for stored in storage.runs():
        if len(past) == MOST_RUNS:
            break
        if stored.started < document.run.started and set(stored.tasks) == set(tasks):
            past += _past(stored, storage, tasks, {model.id for model in document.models})
    return document.model_copy(update={"history": tuple(reversed(past))})


def _past(stored: StoredRun, storage: Storage, tasks: dict[str, str], models: set[str]) -> list[PastRun]:
    run = storage.load(stored.id)
    if {task.id: task.hash for task in run.tasks} != tasks:
        return []
    scores = tuple(
        PastScore(model=model.id, score=model.score, interval=model.interval)
        for model in run.models
        if model.id in models and model.score is not None
    )
    if not scores:
        return []
    return [PastRun(run=stored.id, started=stored.started, name=", ".join(stored.names), scores=scores)]
