"""Several runs in one report: the same tasks side by side, whoever was asked in which run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.document import ModelPart, RunDocument, RunPart, SamplePart, TaskPart
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.report.rules import other_rules

Named = tuple[str, RunDocument]
"""A run, and what people call it."""


def merged(runs: Sequence[Named]) -> RunDocument:
    """Put runs together; a model that is in several of them gets a line for each.

    Args:
        runs: At least one run, each with a name.

    Raises:
        UsageError: A task is not the same in two runs, or they were judged by other rules, so that their
            answers cannot be compared.
    """
    if len(runs) == 1:
        return runs[0][1]
    _refuse_other_rules(runs)
    tasks = _tasks(runs)
    labels = _labels([name for name, _ in runs])
    common = Counter(model.id for _, document in runs for model in document.models)
    models: list[ModelPart] = []
    samples: dict[tuple[str, str], tuple[SamplePart, ...]] = {}
    for label, (_, document) in zip(labels, runs, strict=True):
        names = {m.id: f"{m.id} ({label})" if common[m.id] > 1 else m.id for m in document.models}
        models += [_renamed(model, names[model.id], label) for model in document.models]
        samples |= {(r.task, names[r.model]): r.samples for r in document.results if r.samples}
    return build_document(_run([document.run for _, document in runs]), tasks, models, samples)


def _renamed(model: ModelPart, id_: str, label: str) -> ModelPart:
    if id_ == model.id:
        return model
    return model.model_copy(update={"id": id_, "title": f"{model.title or model.id} ({label})"})


def _tasks(runs: Sequence[Named]) -> list[TaskPart]:
    found: dict[str, tuple[str, TaskPart]] = {}
    for name, document in runs:
        for task in document.tasks:
            first, known = found.setdefault(task.id, (name, task))
            if known.hash != task.hash:
                raise UsageError(
                    f"the task {task.id!r} is not the same in {first} and in {name}: its answers cannot be "
                    "compared; give runs of one state of the task"
                )
    return [task for _, task in found.values()]


def _refuse_other_rules(runs: Sequence[Named]) -> None:
    (first, one), *others = runs
    for name, other in others:
        if rules := other_rules(one.run, other.run):
            raise UsageError(
                f"{first} and {name} were judged by other rules ({rules}): their scores cannot be compared; "
                "judge one of them again as the other was, by --llm-regrade"
            )


def _labels(names: Sequence[str]) -> list[str]:
    """Give each run a name of its own."""
    seen: Counter[str] = Counter()
    labels = []
    for name in names:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return labels


def _run(parts: Sequence[RunPart]) -> RunPart:
    last = max(parts, key=lambda part: part.started)
    marks = {part.pass_mark for part in parts}
    return last.model_copy(
        update={
            "id": " + ".join(part.id for part in parts),
            "duration_s": sum(part.duration_s for part in parts),
            "sandbox": ", ".join(sorted({part.sandbox for part in parts})),
            "samples": max(part.samples for part in parts),
            "pass_mark": marks.pop() if len(marks) == 1 else 0.0,
            "command": "",
        }
    )
