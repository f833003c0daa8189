"""Whether two runs checked the same things: a machine may lack what some of a task's checks need.

Without a C compiler, for example, a Go answer is not tried under the race detector, and that check is not
among the task's checks. Scores out of different checks are no scores of the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable

from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.report.numbers import listed
from pytest_llmbench.scoring.scorecard import JUDGED

_SHOWN = 3


def other_checks(before: Iterable[SamplePart], after: Iterable[SamplePart]) -> str | None:
    """Say which checks only one of two runs has; None where both have the same, or one has no score.

    Args:
        before: The earlier run's samples of a task.
        after: The later run's.
    """
    old, new = _labels(before), _labels(after)
    if not old or not new or old.keys() == new.keys():
        return None
    gone = [label for label in old if label not in new]
    come = [label for label in new if label not in old]
    parts = [
        f"not checked any more: {_few(gone)}" if gone else "",
        f"not checked before: {_few(come)}" if come else "",
    ]
    return "; ".join(part for part in parts if part)


def _labels(samples: Iterable[SamplePart]) -> dict[str, None]:
    return {check.label: None for sample in samples if sample.status in JUDGED for check in sample.checks}


def _few(labels: list[str]) -> str:
    more = [f"{len(labels) - _SHOWN} more"] if len(labels) > _SHOWN else []
    return listed([*(repr(label) for label in labels[:_SHOWN]), *more])
