"""What a model made of a task, in words: what was not judged, what was cut off, what failed most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.report.numbers import signed
from pytest_llmbench.scoring.scorecard import JUDGED, Axis, Check, Finding, Status

AXIS_WORDS: dict[Axis, str] = {
    "correctness": "correctness",
    "quality": "quality",
    "documentation": "documentation",
    "edge_cases": "edge cases",
}

_NAMED_CHECKS = 3
_NAMED_FINDINGS = 2
_WITH_CODE: frozenset[Status] = frozenset({"scored", "truncated"})


def note(samples: Sequence[SamplePart]) -> str:
    """Say in words why the samples of one model and task scored as they did; "not run" without samples."""
    if not samples:
        return "not run"
    parts = [*_unjudged(samples), *_statuses(samples)]
    coded = [sample for sample in samples if sample.status in _WITH_CODE]
    if coded:
        judged = sum(sample.status in JUDGED for sample in samples)
        parts.extend(_failures(coded, judged) or _passed(coded))
    return "; ".join(parts)


def unjudged_cause(samples: Sequence[SamplePart]) -> str:
    """Name the commonest reason why samples were not judged; empty where all were."""
    return next(iter(_unjudged(samples)), "")


def _unjudged(samples: Sequence[SamplePart]) -> list[str]:
    statuses = Counter(sample.status for sample in samples if sample.status not in JUDGED)
    return [_unjudged_status(samples, status) for status, _ in statuses.most_common()]


def _unjudged_status(samples: Sequence[SamplePart], status: Status) -> str:
    errors = [sample.error for sample in samples if sample.status == status]
    told = Counter(one_line(error, 120) for error in errors if error).most_common(1)
    where = "" if len(errors) == len(samples) else f" in {_of(len(errors), len(samples))}"
    return f"{status}{where}" + (f": {told[0][0]}" if told else "")


def _statuses(samples: Sequence[SamplePart]) -> list[str]:
    count = Counter(sample.status for sample in samples)
    judged = sum(number for status, number in count.items() if status in JUDGED)
    parts = []
    if count["truncated"]:
        parts.append(f"{_of(count['truncated'], judged)} cut off")
    if count["no_code"]:
        parts.append(f"no code in {_of(count['no_code'], judged)}")
    if count["refused"]:
        parts.append(f"refused in {_of(count['refused'], judged)}")
    return parts


def _failures(coded: Sequence[SamplePart], judged: int) -> list[str]:
    failed = Counter(check.label for sample in coded for check in sample.checks if not check.passed)
    if not failed:
        return []
    if all(sample.checks and not any(check.passed for check in sample.checks) for sample in coded):
        return ["fails every check" + _common_message(check for sample in coded for check in sample.checks)]
    named = failed.most_common(_NAMED_CHECKS)
    parts = [f"'{one_line(label, 80)}'{_in_samples(count, judged)}" for label, count in named]
    parts[0] = "fails " + parts[0]
    if len(failed) > len(named):
        more = len(failed) - len(named)
        parts.append(f"{more} more check{'s' * (more > 1)}")
    return parts


def _common_message(checks: Iterable[Check]) -> str:
    """Give the first line that explains all failures, where most of them share one."""
    firsts = [check.message.strip().split("\n", 1)[0] for check in checks if check.message]
    told = Counter(firsts).most_common(1)
    return f": {one_line(told[0][0], 120)}" if told and told[0][1] * 2 > len(firsts) else ""


def _passed(coded: Sequence[SamplePart]) -> list[str]:
    parts = ["passes every check"] if any(sample.checks for sample in coded) else []
    lost: Counter[tuple[Axis, str]] = Counter()
    said: dict[tuple[Axis, str], Finding] = {}
    for finding in (finding for sample in coded for finding in sample.findings if finding.points < 0):
        lost[finding.axis, finding.rule] -= round(finding.points * 1000)
        said.setdefault((finding.axis, finding.rule), finding)
    for (axis, rule), points in lost.most_common(_NAMED_FINDINGS):
        mean = points / 1000 / len(coded)
        parts.append(f"{AXIS_WORDS[axis]} {signed(-mean)}: {one_line(said[axis, rule].message, 90)}")
    return parts


def _in_samples(count: int, judged: int) -> str:
    return f" in {_of(count, judged)}" if judged > 1 else ""


def _of(count: int, total: int) -> str:
    return f"{count} of {total}"
