"""What judges thought, added up: beside the scores, which do not change by it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from made_up_runs import MODELS, TASKS, hostile, opinion, run_part, sample

from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.report.markdown import leaderboard_markdown
from pytest_llmbench.report.merge import merged
from pytest_llmbench.report.opinions import LEAST, agreement_rows, judges_of, opinion_lines
from pytest_llmbench.report.terminal import terminal_lines


def run_of(
    pairs: Iterable[tuple[float | None, Opinion | None]], model: int = 0, **more: object
) -> RunDocument:
    """A run of one model and task, of some scores with the opinions on them."""
    samples = tuple(
        sample(index, score, "scored" if score is not None else "api_error", opinion=given)
        for index, (score, given) in enumerate(pairs)
    )
    key = (TASKS[0].id, MODELS[model].id)
    return build_document(run_part(samples=len(samples), **more), TASKS[:1], (MODELS[model],), {key: samples})


ORDERED = [(float(n), opinion(float(n) / 2 + 1, cost_usd=0.5)) for n in range(1, 11)]


def test_agreement_is_of_what_has_both() -> None:
    (judge,) = run_of([*ORDERED, (5.0, None), (None, None), (5.0, opinion(None))]).judges
    assert (judge.wanted, judge.given, judge.invalid, judge.failed) == (11, 10, 1, 0)
    for part in judge.agreement.values():
        assert part.samples == 10
        assert part.correlation == pytest.approx(1)
        assert part.difference == pytest.approx(sum(abs(n / 2 + 1 - n) for n in range(1, 11)) / 10)
        assert part.bias == pytest.approx(-1.75)
    assert set(judge.agreement) == {"total", "correctness", "quality", "documentation", "edge_cases"}
    assert ("total", "1.9", "\N{MINUS SIGN}1.8", "1.00") in agreement_rows(judge)


def test_too_few_say_nothing() -> None:
    (judge,) = run_of(ORDERED[: LEAST - 1]).judges
    assert judge.agreement["total"].correlation is None
    assert "agreement with our scores: 9 answers are too few to tell, 10 are needed" in list(
        opinion_lines(judge)
    )


def test_answers_that_are_alike_are_paid_for_once() -> None:
    alike = [(5.0, opinion(4.0, cost_usd=0.5))] * 3
    assert run_of(alike).judges[0].cost_usd == 0.5
    assert run_of([*alike, (5.0, opinion(3.0))]).judges[0].cost_usd is None
    failed = opinion(None, call="lost", status="failed", error="down")
    assert run_of([*alike, (5.0, failed)]).judges[0].cost_usd == 0.5


def test_a_models_opinion_is_made_as_its_score_is() -> None:
    (model,) = run_of([(9.0, opinion(2.0)), (9.0, opinion(4.0)), (9.0, opinion(5.0)), (9.0, None)]).models
    assert (model.score, model.opinion) == (9.0, 4.0)
    (model,) = run_of([(9.0, opinion(None))]).models
    assert (model.score, model.opinion) == (9.0, None)


def test_no_score_or_rank_follows_an_opinion() -> None:
    def stripped(document: RunDocument) -> object:
        """Everything but what is about opinions."""
        of_samples = {"__all__": {"samples": {"__all__": {"opinion"}}}}
        return document.model_dump(
            exclude={"models": {"__all__": {"opinion"}}, "judges": True, "results": of_samples}
        )

    assert stripped(run_of(ORDERED)) == stripped(run_of([(score, None) for score, _ in ORDERED]))


def test_a_judge_that_is_ranked_is_told_of_also_in_several_runs_together() -> None:
    own = run_of([(9.0, opinion(9.0, judge=MODELS[0].id))])
    both = merged([("main", own), ("now", own)])
    for document in (own, both):
        assert any("some of these answers are from" in line for line in terminal_lines(document, 200))
    assert both.judges[0].wanted == 2
    assert not run_of([(9.0, opinion(9.0, judge=MODELS[0].id))], model=1).judges[0].ranked


def test_a_ranked_judge_that_was_asked_about_others_alone_is_not_told_of() -> None:
    judged, other = MODELS[0].id, MODELS[1].id
    results = run_of([(9.0, opinion(9.0, judge=other))]).results
    unasked = run_of([(1.0, None)], model=1).results
    (judge,) = judges_of([*results, *unasked])
    assert (results[0].model, unasked[0].model, judge.ranked) == (judged, other, False)


def test_judges_of_several_runs_are_told_apart() -> None:
    runs = [
        ("a", run_of([(9.0, opinion(9.0))])),
        ("b", run_of([(8.0, opinion(1.0, judge="other"))], model=1)),
    ]
    assert [(judge.id, judge.given) for judge in merged(runs).judges] == [("judge", 1), ("other", 1)]


def test_markdown_has_a_table_of_the_axes() -> None:
    text = "\n".join(leaderboard_markdown(run_of(ORDERED)))
    assert "| edge cases | 1.9 | \N{MINUS SIGN}1.8 | 1.00 |" in text
    assert "<script>" not in "\n".join(leaderboard_markdown(hostile()))
