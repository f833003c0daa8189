"""Compares two runs. For each measure: how far it moved, how sure that is, and what to say of it.

A model's figure is the mean over tasks of the mean of a task's samples. (The leaderboard shows medians,
which a single bad sample does not move; for a test of change that is the wrong virtue.) "Worse" and
"better" are said where a permutation test within tasks, adjusted by Holm over what was tested together,
leaves less than 5 % to chance; "same" where the 95 % interval lies within what does not matter; else it
cannot be told, and how many samples would tell is projected.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pytest_llmbench.comparison.change import (
    Change,
    ModelChange,
    PassRate,
    RunComparison,
    Side,
    TaskChange,
    Verdict,
)
from pytest_llmbench.comparison.matching import Pair, Rejudged, match
from pytest_llmbench.comparison.measures import BY_NAME, MEASURES, Measure
from pytest_llmbench.report.document import RunDocument, SamplePart
from pytest_llmbench.statistics.clustered import clustered_error
from pytest_llmbench.statistics.holm import holm
from pytest_llmbench.statistics.intervals import bca_interval, t_interval
from pytest_llmbench.statistics.pass_at_k import pass_at_k
from pytest_llmbench.statistics.permutation import Strata, least_p, mean_difference, permutation_p
from pytest_llmbench.statistics.planning import further_samples

LEVEL = 0.05
"""What is left to chance."""
LEAST_PER_TASK = 6
"""Below so many samples nothing is said of a single task."""
LEAST_PER_MODEL = 6
"""Below so many samples, all tasks together, nothing is said of a model."""
MERGEABLE = 6.5
"""A sample passes with this total where a run has no pass mark of its own."""


def compare(
    before: RunDocument, after: RunDocument, *, name: str = "", rejudged: Rejudged | None = None
) -> RunComparison:
    """Compare a run with an earlier one.

    Args:
        before: The earlier run, the baseline.
        after: The later one.
        name: What the user calls the earlier one; its id unless given.
        rejudged: Its samples as judged by today's rules, where that was possible and necessary.
    """
    pairs, left_out = match(before, after, rejudged or {})
    order = [model.id for model in after.models]
    pairs.sort(key=lambda pair: order.index(pair.model))
    mark = after.run.pass_mark or MERGEABLE
    models = [_model(model, list(own), mark) for model, own in groupby(pairs, key=lambda pair: pair.model)]
    return RunComparison(
        before=Side(name=name or before.run.id, run=before.run.id, started=before.run.started),
        after=Side(name=after.run.id, run=after.run.id, started=after.run.started),
        models=tuple(_over_models(models)),
        left_out=tuple(left_out),
    )


def compare_task(pair: Pair) -> TaskChange:
    """Compare one model's samples of one task, not adjusted for any other test."""
    task = _task(pair)
    changes = tuple(change for one in task.changes for change in _adjusted([one]))
    return task.model_copy(update={"changes": changes})


def _task(pair: Pair) -> TaskChange:
    old, new = pair.judged
    return TaskChange(
        task=pair.task,
        samples=(len(old), len(new)),
        unjudged=pair.unjudged,
        rejudged=pair.rejudged,
        changes=tuple(_change(measure, [pair], LEAST_PER_TASK) for measure in MEASURES),
    )


def _model(model: str, pairs: list[Pair], mark: float) -> ModelChange:
    return ModelChange(
        model=model,
        tasks=tuple(_over_tasks([_task(pair) for pair in pairs])),
        changes=tuple(_change(measure, pairs, LEAST_PER_MODEL) for measure in MEASURES),
        returned=_both(pairs, "model_returned"),
        fingerprints=_both(pairs, "system_fingerprint"),
        pass_rates=tuple(_pass_rates(pairs, mark)),
        elsewhere=_elsewhere(pairs),
    )


def _values(measure: Measure, pairs: Sequence[Pair]) -> tuple[list[list[float]], list[list[float]]]:
    """Give the known values per task of both runs; a task without any in one of them is left out."""
    before, after = [], []
    for pair in pairs:
        old, new = ([v for s in side if (v := measure.of(s)) is not None] for side in pair.judged)
        if old and new:
            before.append(old)
            after.append(new)
    return before, after


def _change(measure: Measure, pairs: Sequence[Pair], least: int) -> Change:
    """Measure a change; what to say of it is decided once it is known what else was tested."""
    before, after = _values(measure, pairs)
    if not before:
        return Change(measure=measure.name, why="not known in both runs")
    difference = mean_difference(before, after)
    found = Change(measure=measure.name, before=_mean(before), after=_mean(after), difference=difference)
    few = min(sum(map(len, before)), sum(map(len, after)))
    if few < least or least_p(before, after) > LEVEL:
        why = f"{few} samples are too few to tell anything" if few > 1 else "one sample says nothing"
        return found.model_copy(update={"why": why})
    return found.model_copy(
        update={
            "interval": (bca_interval if measure.skewed else t_interval)(before, after),
            "p": permutation_p(before, after),
            "further": further_samples(before, after, margin=measure.margin(found.before)),
        }
    )


def _decided(change: Change, adjusted: float) -> Change:
    """Say what an adjusted p-value and an interval amount to."""
    measure = BY_NAME[change.measure]
    verdict: Verdict = "cannot tell"
    reach = None if change.interval is None else max(map(abs, change.interval))
    if adjusted <= LEVEL and change.difference:
        verdict = "better" if (change.difference > 0) == measure.higher_is_better else "worse"
    elif reach is not None and reach <= measure.margin(change.before):
        verdict = "same"
    return change.model_copy(
        update={
            "adjusted": adjusted,
            "verdict": verdict,
            "within": reach if verdict == "same" else None,
            "further": change.further if verdict == "cannot tell" else None,
        }
    )


def _over_tasks(tasks: list[TaskChange]) -> list[TaskChange]:
    """Adjust each measure over the tasks of a model."""
    columns = [_adjusted([task.changes[place] for task in tasks]) for place in range(len(MEASURES))]
    rows = zip(*columns, strict=True)
    return [task.model_copy(update={"changes": row}) for task, row in zip(tasks, rows, strict=True)]


def _over_models(models: list[ModelChange]) -> list[ModelChange]:
    """Adjust each measure over the models."""
    columns = [_adjusted([model.changes[place] for model in models]) for place in range(len(MEASURES))]
    rows = zip(*columns, strict=True)
    return [model.model_copy(update={"changes": row}) for model, row in zip(models, rows, strict=True)]


def _adjusted(changes: Sequence[Change]) -> list[Change]:
    tested = [change.p for change in changes if change.p is not None]
    adjusted = iter(holm(tested))
    return [change if change.p is None else _decided(change, next(adjusted)) for change in changes]


def _mean(strata: Strata) -> float:
    return mean_difference([[0.0]] * len(strata), strata)


def _both(pairs: Sequence[Pair], attribute: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names that the replies of each run gave, in alphabetical order."""
    return _names([s for pair in pairs for s in pair.before], attribute), _names(
        [s for pair in pairs for s in pair.after], attribute
    )


def _names(samples: Sequence[SamplePart], attribute: str) -> tuple[str, ...]:
    return tuple(sorted({name for sample in samples if (name := getattr(sample, attribute)) is not None}))


def _pass_rates(pairs: Sequence[Pair], mark: float) -> list[PassRate]:
    """Give pass@1, and pass@k for the most samples that every task has in both runs."""
    before, after = ([[s.total or 0.0 for s in pair.judged[side]] for pair in pairs] for side in (0, 1))
    most = min(map(len, [*before, *after]), default=0)
    ks = sorted({1, most}) if most else []
    return [PassRate(k=k, before=_pass(before, mark, k), after=_pass(after, mark, k)) for k in ks]


def _pass(tasks: Sequence[Sequence[float]], mark: float, k: int) -> float:
    rates = [pass_at_k(len(totals), sum(total >= mark for total in totals), k) for totals in tasks]
    return sum(rates) / len(rates)


def _elsewhere(pairs: Sequence[Pair]) -> float | None:
    """Give the standard error of the change of score over tasks, which are the clusters."""
    before, after = _values(BY_NAME["score"], pairs)
    return clustered_error([[_mean([new]) - _mean([old])] for old, new in zip(before, after, strict=True)])
