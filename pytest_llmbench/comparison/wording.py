"""A change in words: from what to what, how sure, and what would settle it. Shared by all reports."""

from __future__ import annotations

from pytest_llmbench.comparison.change import Change, LeftOut, ModelChange
from pytest_llmbench.comparison.measures import BY_NAME
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.numbers import count, listed

_TINY = 0.001
_ROUGH = 10
"""Below so many samples per task an interval is rough."""


def figures(change: Change) -> str:
    """Say from what to what, by how much, how sure."""
    measure = BY_NAME[change.measure]
    if change.before is None or change.after is None:
        return f"{measure.words}: {change.why or 'not known'}"
    text = f"{measure.words} {measure.write(change.before)} → {measure.write(change.after)}"
    details = [measure.write_change(change.difference)]
    if change.interval is not None:
        details.append(f"95 % {interval(change)}")
    if change.adjusted is not None:
        details.append(p_value(change.adjusted))
    return f"{text} ({', '.join(details)})"


def interval(change: Change) -> str:
    """Write an interval of differences."""
    measure = BY_NAME[change.measure]
    if change.interval is None:
        return ""
    low, high = (measure.write_change(end) for end in change.interval)
    return f"{low} to {high}"


def p_value(p: float) -> str:
    """Write a p-value."""
    return "p < 0.001" if p < _TINY else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"  # noqa: PLR2004


def verdict(change: Change) -> str:
    """Say the verdict, with what belongs to it."""
    measure = BY_NAME[change.measure]
    if change.verdict == "same" and change.within is not None:
        return f"same within {measure.write(change.within)}"
    if change.verdict != "cannot tell":
        return change.verdict
    if change.why is not None:
        return f"cannot tell: {change.why}"
    if change.further is None:
        return "cannot tell"
    return f"cannot tell: {settling(change)}"


def settling(change: Change) -> str:
    """Say what would settle it."""
    return f"about {count(change.further or 0, 'further sample')} per task in both runs would settle it"


def sentence(change: Change) -> str:
    """Say the verdict, the figures, and what would settle it."""
    if change.before is None or change.why is not None:
        return verdict(change) if change.before is None else f"{verdict(change)}; {figures(change)}"
    if change.verdict == "cannot tell":
        more = f"; {settling(change)}" if change.further is not None else ""
        return f"cannot tell: {figures(change)}{more}"
    return f"{verdict(change)}: {figures(change)}"


def answered_by(model: ModelChange) -> list[str]:
    """Say which other models, or other fingerprints, the replies of the later run name."""
    texts = []
    for what, (before, after) in (
        ("model that answered", model.returned),
        ("fingerprint of the server", model.fingerprints),
    ):
        if before and after and set(before) != set(after):
            texts.append(f"the {what} changed: {_names(before)} → {_names(after)}")
    return texts


def pass_rates(model: ModelChange) -> str:
    """Say how often an answer, or one of several, reaches the pass mark."""
    return ", ".join(f"pass@{rate.k} {rate.before:.0%} → {rate.after:.0%}" for rate in model.pass_rates)


def left_out(one: LeftOut) -> str:
    """Say what was left out, and why."""
    who = f" ({one_line(one.model, 200)})" if one.model else ""
    return f"{one_line(one.what, 120)}{who}: {one_line(one.reason, 300)}"


def rough(model: ModelChange) -> bool:
    """Whether the intervals are of few samples."""
    return any(min(task.samples) < _ROUGH for task in model.tasks)


def _names(names: tuple[str, ...]) -> str:
    return listed([one_line(name, 80) for name in names[:4]]) + (" …" if len(names) > 4 else "")  # noqa: PLR2004
