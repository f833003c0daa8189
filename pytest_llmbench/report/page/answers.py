"""One sample: its code with what was found where, its checks, where its points went, and the call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from markupsafe import Markup

from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.report.leaderboard import speed
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.report.numbers import dollars, fixed, seconds
from pytest_llmbench.report.page.code import lines_html, shown_code
from pytest_llmbench.report.page.points import Step, steps
from pytest_llmbench.scoring.scorecard import Axis, Check, Finding, Status

STATUS_WORDS: dict[Status, str] = {
    "scored": "judged",
    "truncated": "cut off, judged as found",
    "no_code": "no code in the reply",
    "refused": "refused",
    "api_error": "not judged: the call failed",
    "sandbox_error": "not judged: the sandbox failed",
    "task_error": "not judged: the task failed",
    "storage_error": "not judged: what is stored could not be written or read",
    "skipped_budget": "not judged: the budget was used up",
}

FOUND_WORDS = {
    "tagged_fence": "fence with the language's tag",
    "untagged_fence": "fence without a tag",
    "other_fence": "fence with another tag",
    "indented": "indented block",
    "bare": "the whole reply",
    "given": "given as code",
    "none": "no code found",
}

_AXES = tuple(word.capitalize() for word in AXIS_WORDS.values())

SHOWN_TEXT = 20_000
SHOWN_MESSAGE = 2_000
SHOWN_ITEMS = 200


class Piece(NamedTuple):
    """Some lines of code as HTML, and what was found at the last of them."""

    html: Markup
    findings: list[Finding]


class Verdict(NamedTuple):
    """What became of a check."""

    label: str
    axis: Axis
    message: str | None


class SampleView(NamedTuple):
    """A sample as the page shows it. `loose` are the findings that belong to no line that is shown.

    `values` are its total and its axes for the script, with commas between; `axes` are those for people.
    """

    sample: SamplePart
    anchor: str
    status: str
    values: str
    axes: tuple[tuple[str, str], ...]
    pieces: list[Piece]
    left_out: int
    loose: list[Finding]
    failed: tuple[Verdict, ...]
    passed: tuple[Verdict, ...]
    steps: list[Step]
    facts: list[tuple[str, str]]
    request: str


def sample_view(
    sample: SamplePart,
    anchor: str,
    language: str,
    *,
    weights: Mapping[str, float],
    cost: str = "Cost",
    coloured: bool = True,
) -> SampleView:
    """Lay out a sample; `weights` are those of the axes, `cost` is what its cost is called."""
    pieces, left_out = _pieces(sample, language, coloured=coloured)
    scores = [getattr(sample.axes, axis) for axis in AXIS_WORDS]
    at_lines = {id(finding) for piece in pieces for finding in piece.findings}
    return SampleView(
        sample=sample,
        anchor=anchor,
        status=STATUS_WORDS[sample.status],
        values=",".join("" if score is None else f"{score:.4g}" for score in (sample.total, *scores)),
        axes=tuple(zip(_AXES, map(fixed, scores), strict=True)),
        pieces=pieces,
        left_out=left_out,
        loose=[finding for finding in sample.findings if id(finding) not in at_lines][:SHOWN_ITEMS],
        failed=_verdicts(check for check in sample.checks if not check.passed),
        passed=_verdicts(check for check in sample.checks if check.passed),
        steps=steps(sample, weights),
        facts=_facts(sample, cost),
        request=_request(sample),
    )


def _verdicts(checks: Iterable[Check]) -> tuple[Verdict, ...]:
    return tuple(Verdict(check.label, check.axis, check.message) for check in islice(checks, SHOWN_ITEMS))


def _request(sample: SamplePart) -> str:
    """Write down what was sent beside the prompt; empty where that is not known."""
    parts = [_indented(json.dumps(sample.request, ensure_ascii=False))] if sample.request else []
    parts += [f"System message: {sample.asked.system}"] if sample.asked and sample.asked.system else []
    return "\n\n".join([*parts, *(f"Adapted: {text}" for text in sample.adapted)] if parts else [])


@lru_cache(maxsize=64)
def _indented(text: str) -> str:
    """Lay JSON out for people: what was sent hardly differs from sample to sample."""
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2)


def _pieces(sample: SamplePart, language: str, *, coloured: bool) -> tuple[list[Piece], int]:
    if sample.answer.code is None:
        return [], 0
    code = shown_code(sample.answer.code, language, coloured=coloured)
    found: dict[int, list[Finding]] = {}
    for finding in sample.findings[:SHOWN_ITEMS]:
        if finding.line is not None:
            found.setdefault(finding.line, []).append(finding)
    numbered = [(number, spans, number in found) for number, spans in enumerate(code.lines, start=1)]
    ends = [*(number for number, _, hit in numbered if hit), len(numbered)]
    starts = [0, *ends[:-1]]
    return [
        Piece(lines_html(numbered[start:end]), found.get(end, []))
        for start, end in zip(starts, ends, strict=True)
        if end > start
    ], code.left_out


def _facts(sample: SamplePart, cost: str) -> list[tuple[str, str]]:
    usage, answer, rate = sample.usage, sample.answer, speed(sample)
    known = (
        ("Code found in", FOUND_WORDS.get(answer.found, answer.found)),
        ("Noted", "; ".join(answer.notes)),
        ("Ended with", sample.finish_reason),
        ("Answered by", sample.model_returned),
        ("Served by", sample.provider_returned),
        ("Tokens in", _tokens(usage.input, usage.cached, "cached")),
        ("Tokens out", _tokens(usage.output, usage.reasoning, "reasoning")),
        (cost, dollars(sample.cost_usd) if sample.cost_usd is not None else None),
        ("Latency", _seconds(sample.latency_s)),
        ("First token", _seconds(sample.first_token_s)),
        ("Speed", f"{rate:,.0f} tokens per second" if rate else None),
        ("Attempts", str(sample.attempts) if sample.attempts and sample.attempts > 1 else None),
        ("Judged in", _seconds(sample.judge_s)),
        ("Adapted", "; ".join(sample.adapted)),
    )
    return [(word, text) for word, text in known if text]


def _seconds(time: float | None) -> str | None:
    return None if time is None else seconds(time)


def _tokens(number: int | None, part: int | None, word: str) -> str | None:
    if number is None:
        return None
    return f"{number:,}" + (f", of them {part:,} {word}" if part else "")
