"""The verdict's sentences: true, and no surer than the numbers."""

from __future__ import annotations

from made_up_runs import (
    MODELS,
    SCORES,
    TASKS,
    document_of_scores,
    embedded,
    nothing_ranked,
    realistic,
    run_part,
    sample,
)

from pytest_llmbench.models.model import Model
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.hero import Hero, hero
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.report.verdict import Recommendation, recommendations


def verdict(document: RunDocument) -> dict[str, Recommendation]:
    return {item.need: item for item in recommendations(document, Comparison(document))}


def head(document: RunDocument) -> Hero:
    return hero(document, Comparison(document))


def of_totals(
    totals: dict[str, list[float]], prices: dict[str, float | None], **fields: object
) -> RunDocument:
    models = tuple(
        Model.model_validate({"id": id_, "provider": "p", "price_output": prices[id_], **fields})
        for id_ in totals
    )
    samples = {
        ("flatten", id_): tuple(sample(i, t) for i, t in enumerate(each)) for id_, each in totals.items()
    }
    return build_document(run_part(), TASKS[:1], models, samples)


def test_published_scores_are_put_in_words() -> None:
    found = head(document_of_scores())
    assert found.label == "Best value"
    assert found.sentence == "DeepSeek V4 Flash scores 8.7 of 10 for $0.25 per million output tokens"
    assert found.details == (
        "34.8 points per dollar of that price; next is DeepSeek Coder with 34.4.",
        "DeepSeek-R1 has the highest score, 9.4 (+0.7), at 10 times the price.",
    )


def test_needs_have_their_models() -> None:
    found = verdict(document_of_scores())
    assert {need: item.model.id for need, item in found.items()} == {
        "the best value": "deepseek-v4-flash",
        "the best overall": "deepseek-r1",
        "a code specialist": "qwen3-coder-30b",
        "a router": "ga-standard",
    }
    assert found["the best overall"].because == "highest score; next is DeepSeek V4 Pro with 9.1"
    assert found["a code specialist"].because == "best of 2 code-specialised; next is DeepSeek Coder with 8.6"


def test_tagged_tasks_have_their_own_best() -> None:
    found = verdict(realistic())
    assert found["hard problems"].because.startswith("best on the 2 tasks tagged hard; ")
    assert found["code review"].because.startswith("best on the task tagged review; ")
    assert found["a router"].because.startswith("used deepseek-v4-flash (")


def test_the_best_for_hard_tasks_need_not_be_the_best_overall() -> None:
    samples = {
        ("flatten", "deepseek-coder"): (sample(0, 9.9),), ("dijkstra", "deepseek-coder"): (sample(0, 7.0),),
        ("flatten", "deepseek-v4-flash"): (sample(0, 7.5),),
        ("dijkstra", "deepseek-v4-flash"): (sample(0, 8.0),),
    }  # fmt: skip
    found = verdict(build_document(run_part(samples=1), (TASKS[0], TASKS[2]), MODELS[:2], samples))
    assert found["the best overall"].model.id == "deepseek-coder"
    assert (found["hard problems"].model.id, found["hard problems"].score) == ("deepseek-v4-flash", 8.0)
    assert found["hard problems"].because == "best on the task tagged hard; next is DeepSeek Coder with 7.0"


def test_models_that_cannot_be_told_apart_are_never_called_better() -> None:
    document = of_totals({"dear": [9.0, 8.0, 7.0], "cheap": [7.1, 8.1, 7.9]}, {"dear": 3.0, "cheap": 0.5})
    found = verdict(document)
    assert found["the best overall"].because == "highest score; cannot be told apart from cheap"
    assert found["nearly that for less"].model.id == "cheap"
    assert "cheapest that cannot be told apart from dear (" in found["nearly that for less"].because
    assert head(document).details[1] == (
        "dear has the highest score, 8.0, at 6 times the price; the two cannot be told apart."
    )


def test_far_below_is_not_called_near_however_little_is_known() -> None:
    document = of_totals({"dear": [9.0, 4.0, 9.0], "cheap": [5.0, 9.0, 5.0]}, {"dear": 3.0, "cheap": 0.5})
    found = verdict(document)
    assert "nearly that for less" not in found
    assert found["maybe that for less"].because.endswith("; more samples would tell")


def test_models_that_differ_for_sure_leave_nothing_nearly_as_good() -> None:
    document = of_totals({"dear": [9.0, 9.1, 9.2], "cheap": [7.1, 7.2, 7.3]}, {"dear": 3.0, "cheap": 0.5})
    assert "nearly that for less" not in verdict(document)
    assert verdict(document)["the best overall"].because == "highest score; next is cheap with 7.2"


def test_the_same_model_can_be_both() -> None:
    document = of_totals({"a": [9.0, 9.1, 9.2], "b": [7.0, 7.1, 7.2]}, {"a": 0.5, "b": 3.0})
    assert "It is the best overall as well; next is b with 7.1." in head(document).details


def test_cheap_below_the_pass_mark_is_said_to_be_so() -> None:
    document = of_totals({"a": [9.0], "b": [2.0]}, {"a": 9.0, "b": 0.01})
    assert head(document).model is not None
    assert head(document).details[-1] == "It reaches the pass mark of 6.5 in 0 of 1 task."


def test_without_prices_the_best_score_stands_alone() -> None:
    found = head(of_totals({"a": [9.0], "b": [2.0]}, {"a": None, "b": None}))
    assert (found.label, found.sentence) == ("Best score", "a scores highest: 9.0 of 10")
    assert found.details == ("Next is b with 2.0.", "No price is known, so there is no value to give.")


def test_one_model_is_neither_best_nor_cheapest() -> None:
    document = of_totals({"a": [9.0]}, {"a": 2.0})
    found = head(document)
    assert (found.label, found.sentence) == ("Score", "a scores 9.0 of 10")
    assert found.details == ("It costs $2.00 per million output tokens.",)
    assert verdict(document) == {}


def test_the_embedded_model_is_introduced() -> None:
    found = head(embedded())
    assert found.sentence == "SmolLM2 135M scores 1.0 of 10"
    assert found.details[0] == "It reaches the pass mark of 6.5 in 0 of 1 task."
    assert found.details[1].startswith("This is the small model that comes along")


def test_nothing_ranked_says_why() -> None:
    found = head(nothing_ranked())
    assert found.sentence == "No model could be ranked"
    models = "DeepSeek V4 Flash and DeepSeek Coder: no score for flatten and async_race "
    assert found.details == (models + "(api_error: connection refused by http://127.0.0.1:9/v1).",)
    assert head(build_document(run_part(), (), (), {})).details == ("No model took part.",)


def test_a_felt_cost_is_that_of_a_thousand_answers() -> None:
    models = MODELS[:2]
    samples = {
        ("flatten", one.id): tuple(sample(i, 8.0, cost_usd=0.0002) for i in range(3)) for one in models
    }
    found = head(build_document(run_part(), TASKS[:1], models, samples))
    assert found.details[0].endswith(". 1,000 answers like these cost $0.20.")


def test_comparisons_are_over_the_tasks_that_are_asked_for() -> None:
    samples = {
        ("flatten", "deepseek-coder"): tuple(sample(i, 9.0) for i in range(3)),
        ("dijkstra", "deepseek-coder"): tuple(sample(i, 5.0 + i) for i in range(3)),
        ("flatten", "deepseek-v4-flash"): tuple(sample(i, 7.0) for i in range(3)),
        ("dijkstra", "deepseek-v4-flash"): tuple(sample(i, 5.0 + i) for i in range(3)),
    }
    comparison = Comparison(build_document(run_part(), (TASKS[0], TASKS[2]), MODELS[:2], samples))
    assert comparison.tied("deepseek-coder", "deepseek-v4-flash", ("flatten",)) is False
    assert comparison.tied("deepseek-coder", "deepseek-v4-flash", ("dijkstra",)) is True
    assert comparison.difference("deepseek-coder", "deepseek-v4-flash", ("flatten",)) == (2.0, 2.0)


def test_too_few_samples_leave_a_comparison_unknown() -> None:
    assert set(SCORES) == {model.id for model in MODELS}
    assert Comparison(document_of_scores()).tied("deepseek-r1", "glm-5") is None
