"""The leaderboard's numbers, against published values and against sums done by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import (
    MODELS,
    SCORES,
    TASKS,
    VALUES,
    document_of_scores,
    embedded,
    nothing_ranked,
    realistic,
    run_part,
    sample,
)

from pytest_llmbench.models.model import Model
from pytest_llmbench.report.document import ModelPart, RunDocument, SamplePart
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.report.numbers import fixed
from pytest_llmbench.scoring.scorecard import AxisScores


def model(id_: str, **fields: object) -> Model:
    return Model.model_validate({"id": id_, "provider": "p", **fields})


def part(document: RunDocument, id_: str) -> ModelPart:
    return next(one for one in document.models if one.id == id_)


def document_of(
    samples: dict[tuple[str, str], tuple[SamplePart, ...]], models: tuple[Model, ...]
) -> RunDocument:
    ids = {task for task, _ in samples}
    return build_document(run_part(), [task for task in TASKS if task.id in ids], models, samples)


def test_published_scores_give_the_published_values() -> None:
    document = document_of_scores()
    assert {one.id: fixed(one.value) for one in document.models} == VALUES
    assert [one.id for one in document.models if one.best_value] == ["deepseek-v4-flash"]
    assert part(document, "ga-standard").rank == 7


def test_models_stand_in_the_order_of_their_scores() -> None:
    document = document_of_scores()
    assert [one.rank for one in document.models] == list(range(1, 11))
    assert [one.score for one in document.models] == sorted(SCORES.values(), reverse=True)
    assert document.models[0].id == "deepseek-r1"


def test_a_task_score_is_the_median_and_a_model_score_the_mean() -> None:
    samples = {
        ("flatten", "a"): (sample(0, 9.0), sample(1, 5.0), sample(2, 8.0)),
        ("dijkstra", "a"): (sample(0, 7.0), sample(1, 6.0), sample(2, 1.0)),
    }
    document = document_of(samples, (model("a"),))
    assert [result.score for result in document.results] == [8.0, 6.0]
    assert document.models[0].score == 7.0
    assert document.models[0].axes == AxisScores(correctness=7, quality=7, documentation=7, edge_cases=7)


def test_an_axis_without_checks_in_a_task_does_not_count_there() -> None:
    axes = AxisScores(correctness=8.0, quality=None, documentation=None, edge_cases=None)
    samples = {("flatten", "a"): (sample(0, 8.0, axes=axes),), ("dijkstra", "a"): (sample(0, 6.0),)}
    found = document_of(samples, (model("a"),)).models[0].axes
    assert found == AxisScores(correctness=7.0, quality=6.0, documentation=6.0, edge_cases=6.0)


def test_equal_scores_are_ranked_by_price_then_id() -> None:
    prices = {"d": None, "c": 2.0, "b": 0.5, "a": 2.0}
    models = tuple(model(id_, price_output=price) for id_, price in prices.items())
    samples = {("flatten", id_): (sample(0, 8.0),) for id_ in prices}
    assert [one.id for one in document_of(samples, models).models] == ["b", "a", "c", "d"]


def test_scores_are_ranked_before_they_are_rounded() -> None:
    samples = {("flatten", "a"): (sample(0, 8.04),), ("flatten", "b"): (sample(0, 8.041),)}
    models = (model("a", price_output=0.1), model("b", price_output=9.0))
    assert [one.id for one in document_of(samples, models).models] == ["b", "a"]


def test_a_model_that_lacks_a_task_score_is_not_ranked_and_says_why() -> None:
    samples = {
        ("flatten", "a"): (sample(0, 9.0),),
        ("dijkstra", "a"): (sample(0, None, "api_error", error="HTTP 500 from x"),),
        ("flatten", "b"): (sample(0, 2.0),),
        ("dijkstra", "b"): (sample(0, 2.0),),
    }
    document = document_of(samples, (model("a", price_output=1.0), model("b", price_output=1.0)))
    assert [(one.id, one.rank) for one in document.models] == [("b", 1), ("a", None)]
    lacking = document.models[1]
    assert lacking.unranked == "no score for dijkstra (api_error: HTTP 500 from x)"
    assert (lacking.score, lacking.interval, lacking.value, lacking.best_value) == (None, None, None, False)
    assert lacking.axes == AxisScores()
    assert (lacking.errors, lacking.judged, lacking.expected) == (1, 1, 6)


def test_a_pair_that_was_not_run_is_said_to_be_so() -> None:
    document = document_of({("flatten", "a"): (sample(0, 9.0),)}, (model("a"), model("b")))
    assert part(document, "b").unranked == "no score for flatten (not run)"
    assert [result.note for result in document.results if result.model == "b"] == ["not run"]


def test_missing_samples_are_counted_and_do_not_pull_the_score() -> None:
    samples = {("flatten", "a"): (sample(0, 9.0), sample(1, None, "sandbox_error"), sample(2, 8.0))}
    found = document_of(samples, (model("a"),)).models[0]
    assert (found.score, found.errors, found.judged, found.expected, found.rank) == (8.5, 1, 2, 3, 1)


def test_statuses_are_counted() -> None:
    samples = {
        ("flatten", "a"): (sample(0, 3.0, "truncated"), sample(1, 1.0, "no_code"), sample(2, 1.0, "refused"))
    }
    found = document_of(samples, (model("a"),)).models[0]
    assert (found.truncated, found.no_code, found.errors, found.judged) == (1, 1, 0, 3)


def test_costs_are_added_up_and_latencies_have_their_median() -> None:
    samples = {
        ("flatten", "a"): (
            sample(0, 8.0, cost_usd=0.001, latency_s=3.0),
            sample(1, 8.0, cost_usd=0.003, latency_s=1.0),
            sample(2, None, "api_error", latency_s=None),
        )
    }
    found = document_of(samples, (model("a", price_output=2.0),)).models[0]
    assert found.cost_usd == pytest.approx(0.004)
    assert found.score_per_usd == pytest.approx(2000)
    assert found.latency_s == 2.0


def test_a_cost_that_is_partly_unknown_is_unknown() -> None:
    samples = {("flatten", "a"): (sample(0, 8.0, cost_usd=0.001), sample(1, 8.0))}
    found = document_of(samples, (model("a"),)).models[0]
    assert (found.cost_usd, found.score_per_usd) == (None, None)


@pytest.mark.parametrize("price", [None, 0.0])
def test_no_price_gives_no_value_and_no_trophy(price: float | None) -> None:
    found = document_of(
        {("flatten", "a"): (sample(0, 8.0, cost_usd=0.0),)}, (model("a", price_output=price),)
    )
    assert (found.models[0].value, found.models[0].best_value) == (None, False)
    assert found.models[0].score_per_usd is None


def test_a_router_is_ranked_takes_no_trophy_and_says_what_it_used() -> None:
    samples = {
        ("flatten", "r"): (sample(0, 9.0, model_returned="x"), sample(1, 7.0, model_returned="y"),
                           sample(2, 8.0, model_returned="x")),
        ("flatten", "m"): (sample(0, 5.0),),
    }  # fmt: skip
    models = (model("r", price_output=0.1, router=True), model("m", price_output=9.0))
    document = document_of(samples, models)
    router = part(document, "r")
    assert (router.rank, router.best_value, router.returned, router.spread) == (
        1,
        False,
        {"x": 2, "y": 1},
        (7.0, 9.0),
    )
    assert part(document, "m").best_value


def test_winners_are_all_that_share_the_highest_score() -> None:
    samples = {("flatten", id_): (sample(0, score),) for id_, score in {"a": 8.0, "b": 9.0, "c": 9.0}.items()}
    document = document_of(samples, (model("a"), model("b"), model("c")))
    assert {result.model for result in document.results if result.winner} == {"b", "c"}


def test_nobody_wins_with_the_lowest_score() -> None:
    samples = {("flatten", id_): (sample(0, 1.0),) for id_ in "ab"}
    assert not any(result.winner for result in document_of(samples, (model("a"), model("b"))).results)


def test_intervals_hold_the_score_and_need_two_samples_of_each_task() -> None:
    for one in realistic().models:
        assert one.interval is not None
        assert one.score is not None
        assert one.interval[0] <= one.score <= one.interval[1]
    assert all(one.interval is None for one in document_of_scores().models)


def test_nothing_judged_gives_no_numbers() -> None:
    document = nothing_ranked()
    for one in document.models:
        assert (one.score, one.interval, one.value, one.cost_usd, one.latency_s, one.rank) == (None,) * 6
        assert (
            one.unranked
            == "no score for flatten and async_race (api_error: connection refused by http://127.0.0.1:9/v1)"
        )
    assert not any(result.winner for result in document.results)


def test_nothing_run_gives_an_empty_document() -> None:
    document = build_document(run_part(), (), MODELS[:1], {})
    assert (document.results, document.models[0].unranked) == ((), "no task was run")
    assert build_document(run_part(), TASKS, (), {}).models == ()


def test_the_embedded_model_has_no_value() -> None:
    found = embedded().models[0]
    assert (found.score, found.price_output, found.value, found.best_value, found.embedded) == (
        1.0,
        None,
        None,
        False,
        True,
    )


@given(st.randoms(use_true_random=False))
def test_the_order_of_models_and_samples_does_not_matter(shuffler: random.Random) -> None:
    models = list(MODELS[:3])
    totals = {one.id: [shuffler.choice([7.0, 8.0, 9.0]) for _ in range(3)] for one in models}
    samples = {
        ("flatten", id_): tuple(sample(i, t) for i, t in enumerate(each)) for id_, each in totals.items()
    }
    first = document_of(samples, tuple(models))
    shuffler.shuffle(models)
    backwards = {key: tuple(reversed(value)) for key, value in samples.items()}
    assert document_of(backwards, tuple(models)).models == first.models
