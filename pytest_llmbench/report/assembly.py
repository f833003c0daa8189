"""From samples, each with its task and model, to the document of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pytest_llmbench.models.model import Model
from pytest_llmbench.report.document import RunDocument, RunPart, SamplePart, TaskPart
from pytest_llmbench.report.leaderboard import build_document


class Entry(NamedTuple):
    """One sample of a task by a model."""

    task: TaskPart
    model: str
    sample: SamplePart


def assemble(
    run: RunPart, entries: Iterable[Entry], models: Sequence[Model], *, intervals: bool = True
) -> RunDocument:
    """Make the document of a run.

    An id is unique in its suite; where two suites share one, the suite's name comes before it.

    Args:
        run: The run as a whole.
        entries: The samples; tasks are shown in the order in which they first come.
        models: The models of the run; one without a sample is left out.
        intervals: Whether to draw the scores' intervals, which takes most of the time.
    """
    tasks: dict[tuple[str, str], TaskPart] = {}
    samples: dict[tuple[str, str, str], list[SamplePart]] = {}
    for task, model, sample in entries:
        tasks[task.suite, task.id] = task
        samples.setdefault((task.suite, task.id, model), []).append(sample)
    ids = [task_id for _, task_id in tasks]
    names = {key: "/".join(key) if ids.count(key[1]) > 1 else key[1] for key in tasks}
    asked = {model for _, _, model in samples}
    return build_document(
        run,
        [part.model_copy(update={"id": names[key]}) for key, part in tasks.items()],
        [model for model in models if model.id in asked],
        {(names[suite, task], model): found for (suite, task, model), found in samples.items()},
        intervals=intervals,
    )
