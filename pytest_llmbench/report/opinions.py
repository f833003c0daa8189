"""What judges thought of all answers: how many opinions, at what cost, and how they go with our scores.

No number here goes into a score, a rank or a comparison.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.document import AgreementPart, JudgePart, ResultPart, SamplePart
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.report.numbers import count, dollars, fixed, listed, signed
from pytest_llmbench.scoring.scorecard import AXES
from pytest_llmbench.statistics.centre import mean, median
from pytest_llmbench.statistics.rank_correlation import rank_correlation

LEAST = 10
"""Pairs below which a correlation says nothing."""

TOTAL = "total"

_Pair = tuple[float | None, float | None]


def judges_of(results: Iterable[ResultPart]) -> tuple[JudgePart, ...]:
    """Add up the opinions of a run, which stand with the samples."""
    by_judge: dict[str, list[SamplePart]] = {}
    asked: dict[str, set[str]] = {}
    for result in results:
        for sample in result.samples:
            if sample.opinion is not None:
                by_judge.setdefault(sample.opinion.judge, []).append(sample)
                asked.setdefault(sample.opinion.judge, set()).add(result.model)
    return tuple(
        # Of several runs together, a model that is in more than one has its run's name behind its own.
        _judge(judge, samples, ranked=any(f"{id_} (".startswith(f"{judge} (") for id_ in asked[judge]))
        for judge, samples in by_judge.items()
    )


def opinion_score(results: Sequence[ResultPart]) -> float | None:
    """Give the mean over tasks of a judge's median total, as a score is made; None where a task has none."""
    totals = [
        median(sample.opinion.total for sample in result.samples if sample.opinion is not None)
        for result in results
    ]
    return None if None in totals else mean(totals)


def opinion_lines(judge: JudgePart) -> Iterator[str]:
    """Say it in sentences, without the figures of single axes."""
    name = one_line(judge.id, 80)
    output = "which" if judge.input_priced else "whose output"
    cost = f", {output} cost {dollars(judge.cost_usd)}" if judge.cost_usd is not None else ""
    missing = [f"{judge.invalid} in no valid form"] * bool(judge.invalid)
    missing += [f"{judge.failed} failed"] * bool(judge.failed)
    lacking = f" ({', '.join(missing)})" if missing else ""
    yield (
        f"opinions of {name} on {judge.given} of {count(judge.wanted, 'answer')}{lacking}{cost};"
        " they are in no score, and their cost is in no other"
    )
    yield f"agreement with our scores: {_agreement(judge.agreement)}"
    if judge.ranked:
        yield f"some of these answers are from {name} itself: models tend to prefer what they write"


def agreement_rows(judge: JudgePart) -> list[tuple[str, str, str, str]]:
    """Give a row for the totals and one per axis: what, mean difference, bias, correlation."""
    words = {TOTAL: TOTAL} | {str(axis): word for axis, word in AXIS_WORDS.items()}
    return [
        (words[key], fixed(part.difference), signed(part.bias), fixed(part.correlation, 2))
        for key, part in judge.agreement.items()
        if key in words and part.samples
    ]


def _agreement(parts: Mapping[str, AgreementPart]) -> str:
    whole = parts.get(TOTAL, AgreementPart(samples=0))
    if whole.samples < LEAST:
        return f"{count(whole.samples, 'answer')} are too few to tell, {LEAST} are needed"
    axes = [
        f"{word} {fixed(part.difference)}"
        for axis, word in AXIS_WORDS.items()
        if (part := parts.get(axis)) is not None and part.samples
    ]
    order = (
        "no order to compare"
        if whole.correlation is None
        else f"rank correlation {fixed(whole.correlation, 2)}"
    )
    return (
        f"over {count(whole.samples, 'answer')} the totals differ by {fixed(whole.difference)} on average"
        f" ({signed(whole.bias)} on balance), {order}; by axis {listed(axes)}"
    )


def _judge(judge: str, samples: Sequence[SamplePart], *, ranked: bool) -> JudgePart:
    opinions = [sample.opinion for sample in samples if sample.opinion is not None]
    statuses = [opinion.status for opinion in opinions]
    return JudgePart(
        id=judge,
        prompt=", ".join(sorted({opinion.prompt for opinion in opinions})),
        wanted=len(opinions),
        given=statuses.count("given"),
        invalid=statuses.count("invalid"),
        failed=statuses.count("failed"),
        cost_usd=_cost(opinions),
        input_priced=all(opinion.input_priced for opinion in opinions if opinion.status != "failed"),
        ranked=ranked,
        agreement={
            TOTAL: _agreed((s.total, None if s.opinion is None else s.opinion.total) for s in samples),
            **{axis: _agreed(_of_axis(samples, axis)) for axis in AXES},
        },
    )


def _of_axis(samples: Sequence[SamplePart], axis: str) -> Iterator[_Pair]:
    for sample in samples:
        if sample.opinion is not None:
            yield getattr(sample.axes, axis), getattr(sample.opinion.axes, axis)


def _agreed(pairs: Iterable[_Pair]) -> AgreementPart:
    known = [(ours, theirs) for ours, theirs in pairs if ours is not None and theirs is not None]
    enough = len(known) >= LEAST
    ours, theirs = [ours for ours, _ in known], [theirs for _, theirs in known]
    return AgreementPart(
        samples=len(known),
        difference=mean(abs(theirs - ours) for ours, theirs in known),
        bias=mean(theirs - ours for ours, theirs in known),
        correlation=rank_correlation(ours, theirs) if enough else None,
    )


def _cost(opinions: Iterable[Opinion]) -> float | None:
    """Add up what is known, each call once; nothing is known where one that was answered has no cost."""
    costs = {opinion.call: opinion.cost_usd for opinion in opinions if opinion.status != "failed"}
    known = [cost for cost in costs.values() if cost is not None]
    return math.fsum(known) if known and len(known) == len(costs) else None
