"""From marks to points: what each thing found costs, up to the cap of its rule and of its group."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from pydantic import Field

from pytest_llmbench.scoring.axes import HIGHEST, LOWEST
from pytest_llmbench.scoring.scorecard import Axis, Finding
from pytest_llmbench.values import Value

SHOWN_AFTER_CAP = 2
"""Findings of one rule that are still shown after its cap is reached, at no cost."""


class Weight(Value):
    """What one rule costs.

    `points` is the cost of one finding, `cap` the most that the rule costs in one answer; the caps
    of groups bound several rules together. A scaled cost shrinks with the size of the answer: a
    blemish counts for less among 300 lines than among 10. `why` is the reason for the numbers.
    """

    points: float = Field(ge=0)
    cap: float = Field(ge=0)
    why: str
    scaled: bool = True
    group: str | None = None


PADDING: frozenset[str | None] = frozenset({"padding", "comments"})
"""The groups of what is there to be read and kept, and does nothing."""

PRAISE = "praise"
"""The rule of sentences that praise the code, or ask for a mark."""


class Mark(Value):
    """One thing found, not yet weighed. `share` is the part of the rule's points that it costs."""

    rule: str
    line: int | None = None
    message: str
    share: float = Field(default=1.0, ge=0, le=1)


def size_scale(code_lines: int, reference_lines: int) -> float:
    """Give the factor for scaled costs: 1 up to the reference, then falling as the root of the size."""
    return min(1.0, math.sqrt(reference_lines / max(1, code_lines)))


def charge(
    axis: Axis,
    marks: Iterable[Mark],
    weight_of: Callable[[str], Weight | None],
    *,
    group_caps: dict[str, float],
    scale: float,
) -> tuple[Finding, ...]:
    """Weigh marks.

    Args:
        axis: The axis that they cost points on.
        marks: What was found.
        weight_of: Gives a rule's weight; None for a rule that costs nothing and is not shown.
        group_caps: The most that each group of rules costs.
        scale: The factor for scaled costs, see `size_scale`.

    Returns:
        The findings by line. Their points are negative, or zero once a cap is reached.
    """
    spent: defaultdict[str, float] = defaultdict(float)
    free: Counter[str] = Counter()
    findings = []
    for mark in sorted(marks, key=lambda m: (m.line or 0, m.rule, m.message)):
        weight = weight_of(mark.rule)
        if weight is None:
            continue
        room = weight.cap - spent[mark.rule]
        if weight.group is not None:
            room = min(room, group_caps[weight.group] - spent[f"group {weight.group}"])
        points = round(min(weight.points * mark.share * (scale if weight.scaled else 1.0), room), 2)
        if points <= 0:
            free[mark.rule] += 1
            points = 0.0
        spent[mark.rule] += points
        spent[f"group {weight.group}"] += points
        if free[mark.rule] <= SHOWN_AFTER_CAP:
            findings.append(
                Finding(axis=axis, rule=mark.rule, line=mark.line, points=0.0 - points, message=mark.message)
            )
    return tuple(findings)


def bounded(findings: Iterable[Finding], caps: Mapping[str, float]) -> tuple[Finding, ...]:
    """Let no rule cost more than its cap; one that has none costs what it does.

    For findings that are weighed already: what documentation lacks is a share of what there is to tell.
    """
    spent: defaultdict[str, float] = defaultdict(float)
    kept = []
    for finding in findings:
        room = caps.get(finding.rule, math.inf) - spent[finding.rule]
        points = round(min(-finding.points, room), 2)
        spent[finding.rule] += points
        kept.append(finding.model_copy(update={"points": 0.0 - points}))
    return tuple(kept)


def score_of(findings: Iterable[Finding]) -> float:
    """Give the axis score that findings leave: 10 less their points, at least 1."""
    lost = sum(finding.points for finding in findings)
    return round(max(LOWEST, HIGHEST + lost), 2)


def padding_in(findings: Iterable[Finding], weight_of: Callable[[str], Weight | None]) -> float:
    """Give the points that findings cost for what does nothing: dead code, detours, noise and praise."""
    return round(0.0 - sum(f.points for f in findings if _is_padding(f.rule, weight_of(f.rule))), 2)


def _is_padding(rule: str, weight: Weight | None) -> bool:
    return rule == PRAISE or (weight is not None and weight.group in PADDING)
