"""One sample: its code with what was found where, its checks, and what the call was like."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.report.numbers import dollars, seconds
from pytest_llmbench.report.page.code import Span, shown_code
from pytest_llmbench.scoring.scorecard import Check, Finding, Status

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

SHOWN_TEXT = 20_000
SHOWN_MESSAGE = 2_000
SHOWN_ITEMS = 200


@dataclass(frozen=True)
class Line:
    """A line of code, and the findings at it."""

    number: int
    spans: list[Span]
    findings: list[Finding]


@dataclass(frozen=True)
class SampleView:
    """A sample as the page shows it. `loose` are the findings that belong to no line that is shown."""

    sample: SamplePart
    anchor: str
    status: str
    lines: list[Line]
    left_out: int
    loose: list[Finding]
    failed: list[Check]
    passed: list[Check]
    facts: list[tuple[str, str]]


def sample_view(sample: SamplePart, anchor: str, language: str, cost: str = "Cost") -> SampleView:
    """Lay out a sample; `cost` is what its cost is called."""
    lines, left_out = _lines(sample, language)
    at_lines = {id(finding) for line in lines for finding in line.findings}
    return SampleView(
        sample=sample,
        anchor=anchor,
        status=STATUS_WORDS[sample.status],
        lines=lines,
        left_out=left_out,
        loose=[finding for finding in sample.findings if id(finding) not in at_lines][:SHOWN_ITEMS],
        failed=[check for check in sample.checks if not check.passed][:SHOWN_ITEMS],
        passed=[check for check in sample.checks if check.passed][:SHOWN_ITEMS],
        facts=_facts(sample, cost),
    )


def _lines(sample: SamplePart, language: str) -> tuple[list[Line], int]:
    if sample.answer.code is None:
        return [], 0
    code = shown_code(sample.answer.code, language)
    found: dict[int, list[Finding]] = {}
    for finding in sample.findings[:SHOWN_ITEMS]:
        if finding.line is not None:
            found.setdefault(finding.line, []).append(finding)
    numbered = enumerate(code.lines, start=1)
    return [Line(number, spans, found.get(number, [])) for number, spans in numbered], code.left_out


def _facts(sample: SamplePart, cost: str) -> list[tuple[str, str]]:
    usage, answer = sample.usage, sample.answer
    speed = None
    if usage.output and sample.latency_s:
        speed = f"{usage.output / sample.latency_s:,.0f} tokens per second"
    known = (
        ("Code found in", FOUND_WORDS.get(answer.found, answer.found)),
        ("Noted", "; ".join(answer.notes)),
        ("Ended with", sample.finish_reason),
        ("Answered by", sample.model_returned),
        ("Tokens in", _tokens(usage.input, usage.cached, "cached")),
        ("Tokens out", _tokens(usage.output, usage.reasoning, "reasoning")),
        (cost, dollars(sample.cost_usd) if sample.cost_usd is not None else None),
        ("Latency", seconds(sample.latency_s) if sample.latency_s is not None else None),
        ("First token", seconds(sample.first_token_s) if sample.first_token_s is not None else None),
        ("Speed", speed),
        ("Adapted", "; ".join(sample.adapted)),
    )
    return [(word, text) for word, text in known if text]


def _tokens(number: int | None, part: int | None, word: str) -> str | None:
    if number is None:
        return None
    return f"{number:,}" + (f", of them {part:,} {word}" if part else "")
