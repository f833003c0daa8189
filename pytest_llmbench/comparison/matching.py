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
from pytest_llmbench.comparison.setting import Setting, other_judging
from pytest_llmbench.report.document import RunDocument, SamplePart, TaskPart
from pytest_llmbench.report.numbers import listed
from pytest_llmbench.scoring.scorecard import JUDGED

_K = TypeVar("_K")

Rejudged = Mapping[tuple[str, str], tuple[SamplePart, ...]]
"""By (task, model) the earlier run's samples, judged again by today's task, tools and rules."""

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
    was_at = {task.key: task for task in before.tasks}
    now_at = {task.id: task for task in after.tasks}
    pairs = []
    for new in after.results:
        now = now_at[new.task]
        was = was_at.get(now.key)
        old = None if was is None else results.get((was.id, new.model))
        if was is None or old is None:
            continue
        found = pair_of(
            (was, now),
            new.model,
            (old.samples, new.samples),
            (Setting.of(before.run), Setting.of(after.run)),
            rejudged.get((new.task, new.model)),
        )
        if isinstance(found, Pair):
            pairs.append(found)
        else:
            left_out.append(found)
    return pairs, _shared(left_out)


def pair_of(
    tasks: tuple[TaskPart, TaskPart],
    model: str,
    samples: tuple[tuple[SamplePart, ...], tuple[SamplePart, ...]],
    settings: tuple[Setting, Setting],
    rejudged: tuple[SamplePart, ...] | None,
) -> Pair | LeftOut:
    """Pair one model's samples of one task, before and after; or say why they cannot be compared.

    `rejudged` are the earlier samples as judged by today's rules; None where that was not done.
    """
    (was, now), (old, new), (then, today) = tasks, samples, settings
    reason = other_question(was, now, old, new)
    if reason is None and rejudged is None:
        reason = other_judging(was, now, then, today)
    if reason is None and not (old and new):
        reason = f"not run in {'this' if old else 'the earlier'} run"
    reason = reason or other_checks(old if rejudged is None else rejudged, new)
    if reason is not None:
        return LeftOut(what=now.id, model=model, reason=reason)
    return Pair(
        task=now.id,
        model=model,
        before=old if rejudged is None else rejudged,
        after=new,
        missing=(max(0, then.samples - len(old)), max(0, today.samples - len(new))),
        rejudged=rejudged is not None,
    )


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


def _only_in_one(before: RunDocument, after: RunDocument) -> Iterator[LeftOut]:
    old, new = ({task.key: f"task {task.id}" for task in run.tasks} for run in (before, after))
    yield from _lacking(old, new)
    yield from _lacking(*({model.id: f"model {model.id}" for model in run.models} for run in (before, after)))


def _lacking(old: Mapping[_K, str], new: Mapping[_K, str]) -> Iterator[LeftOut]:
    yield from (LeftOut(what=new[key], reason="not in the earlier run") for key in new if key not in old)
    yield from (LeftOut(what=old[key], reason="only in the earlier run") for key in old if key not in new)


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
