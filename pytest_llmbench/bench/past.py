"""How the models of a run scored in earlier runs of the same tasks, for the report's history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from pytest_llmbench.report.document import PastRun, PastScore, RunDocument, RunPart
from pytest_llmbench.report.rules import other_rules
from pytest_llmbench.statistics.bootstrap import score_interval
from pytest_llmbench.statistics.centre import mean, median
from pytest_llmbench.storage.past import PastTotals, TaskKey, past_totals
from pytest_llmbench.storage.stored import Storage

MOST_RUNS = 12
"""So many earlier runs are shown, the latest of them."""
DRAWS = 500
MOST_TASKS = 10
"""Intervals of more tasks are left out, as with a choice of tasks: drawing them would take too long."""


class Earlier(NamedTuple):
    """Earlier runs, oldest first, that asked some models about some tasks in one state of each."""

    tasks: Mapping[TaskKey, str]
    models: frozenset[str]
    runs: tuple[PastRun, ...]


def earlier_runs(
    run: RunPart, tasks: Mapping[TaskKey, str], models: Iterable[str], storage: Storage
) -> Earlier:
    """Read the scores of models in runs before another one.

    Left out are runs that were judged by other weights, caps or costs, and those that judged or replayed
    kept answers: an answer is not to stand there twice.

    Args:
        run: The later run.
        tasks: Its tasks' hashes, in its order.
        models: The models' ids.
        storage: Where earlier runs are.

    Raises:
        StorageError: The storage cannot be read.
    """
    wanted = frozenset(models)
    with storage.database.reading() as connection:
        earlier = (
            past
            for found in past_totals(connection, run.started, tasks, wanted)
            if not (found.info.origin or other_rules(found.info, run))
            for past in [_past(found, tasks)]
            if past.scores
        )
        return Earlier(tasks, wanted, tuple(islice(earlier, MOST_RUNS))[::-1])


def with_history(document: RunDocument, storage: Storage, known: Earlier | None = None) -> RunDocument:
    """Give a document its models' scores in earlier runs that asked them the same tasks.

    Args:
        document: The run.
        storage: Where earlier runs are.
        known: What was read of them before; it is read anew where it is about other tasks or models.

    Raises:
        StorageError: The storage cannot be read.
    """
    tasks = {task.key: task.hash for task in document.tasks}
    models = frozenset(model.id for model in document.models)
    if known is None or known.models != models or [*known.tasks.items()] != [*tasks.items()]:
        known = earlier_runs(document.run, tasks, models, storage)
    names: dict[str, list[str]] = {}
    for name, run in storage.baselines().items():
        names.setdefault(run, []).append(name)
    history = (past.model_copy(update={"name": ", ".join(names.get(past.run, ()))}) for past in known.runs)
    return document.model_copy(update={"history": tuple(history)})


def _past(found: PastTotals, tasks: Collection[TaskKey]) -> PastRun:
    scores = (_score(model, by_task, tasks) for model, by_task in found.totals.items())
    return PastRun(
        run=found.info.id, started=found.info.started, scores=tuple(score for score in scores if score)
    )


def _score(
    model: str, by_task: Mapping[TaskKey, list[float]], tasks: Collection[TaskKey]
) -> PastScore | None:
    """Give a model's score; None where it lacks that of a task."""
    totals = [by_task.get(task, []) for task in tasks]
    score = mean(map(median, totals))
    if score is None or not all(totals):
        return None
    few = len(totals) <= MOST_TASKS
    interval = score_interval(totals, seed=model, draws=DRAWS) if few else None
    return PastScore(model=model, score=score, interval=interval)
