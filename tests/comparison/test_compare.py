"""Verdicts on pairs of runs: worse, better, same within X, and an honest "cannot tell"."""

from __future__ import annotations

import random

import pytest
from made_up_pairs import ASKED, VERSIONS, run_of, sample_of

from pytest_llmbench.comparison.compare import compare
from pytest_llmbench.comparison.text import comparison_lines
from pytest_llmbench.comparison.wording import verdict


def spread(middle: float, size: int, seed: int = 0, wide: float = 0.4) -> list[float]:
    rng = random.Random(f"{seed} {middle}")
    return [round(min(10, max(1, rng.gauss(middle, wide))), 2) for _ in range(size)]


def test_a_drop_in_one_task_is_worse_and_names_that_task() -> None:
    tasks = {name: spread(8.5, 10, place) for place, name in enumerate("abcde")}
    after = {name: spread(8.5, 10, place + 50) for place, name in enumerate("abcde")} | {"c": spread(4, 10)}
    found = compare(run_of({"m": tasks}), run_of({"m": after}))
    (model,) = found.models
    score = model.change("score")
    assert score.verdict == "worse"
    assert score.difference == pytest.approx(-0.9, abs=0.25)
    assert score.interval is not None
    assert score.interval[0] < score.difference < score.interval[1] < 0
    assert [task.task for task in model.tasks if task.change("score").verdict == "worse"] == ["c"]
    lines = comparison_lines(found)
    assert lines[1].startswith("  m: worse: score 8.")
    assert lines[2].startswith("    c: worse: score 8.")


def test_a_rise_is_better_and_dearer_is_worse() -> None:
    before = run_of({"m": {"a": spread(5, 10), "b": spread(5, 10, 1)}})
    after = run_of({"m": {"a": spread(8, 10), "b": spread(8, 10, 1)}})
    rng = random.Random(1)
    dearer = after.model_copy(
        update={
            "results": tuple(
                result.model_copy(
                    update={
                        "samples": tuple(
                            s.model_copy(update={"cost_usd": rng.uniform(0.0015, 0.002)})
                            for s in result.samples
                        )
                    }
                )
                for result in after.results
            )
        }
    )
    (model,) = compare(before, dearer).models
    assert model.change("score").verdict == "better"
    assert model.change("cost").verdict == "worse"
    assert model.change("latency").verdict == "same"
    assert model.pass_rates[0].k == 1
    assert model.pass_rates[0].before < model.pass_rates[0].after == 1


def test_the_same_run_twice_is_the_same() -> None:
    run = run_of({"m": {name: spread(8.5, 10, place, 0.3) for place, name in enumerate("abc")}})
    score = compare(run, run).models[0].change("score")
    assert score.difference == 0
    assert score.verdict == "same"
    assert score.within is not None
    assert 0 < score.within < 0.5
    assert verdict(score).startswith("same within 0.")


def test_few_samples_cannot_tell_and_say_how_many_would() -> None:
    before = run_of({"m": {name: spread(8, 3, place, 1.2) for place, name in enumerate("abc")}})
    after = run_of({"m": {name: spread(7.7, 3, place + 9, 1.2) for place, name in enumerate("abc")}})
    score = compare(before, after).models[0].change("score")
    assert score.verdict == "cannot tell"
    assert score.further is not None
    assert f"about {score.further} further sample" in verdict(score)


@pytest.mark.parametrize(("size", "told"), [(5, "cannot tell"), (6, "worse")])
def test_nothing_is_said_of_a_task_below_six_samples(size: int, told: str) -> None:
    before = run_of({"m": {"a": spread(9, size), "b": spread(9, size)}})
    after = run_of({"m": {"a": spread(2, size), "b": spread(9, size)}})
    (model,) = compare(before, after).models
    assert model.tasks[0].change("score").verdict == told
    assert model.change("score").verdict == "worse"


def test_one_sample_says_nothing() -> None:
    run = run_of({"m": {"a": [9.0]}})
    score = compare(run, run_of({"m": {"a": [1.0]}})).models[0].change("score")
    assert verdict(score) == "cannot tell: one sample says nothing"
    assert score.p is None


def test_many_models_are_adjusted_together() -> None:
    """A drop that is clear for one model alone is less so among twenty."""
    before, after = {"a": spread(8, 6, 1, 1)}, {"a": spread(6, 6, 2, 1)}
    alone = compare(run_of({"m": before}), run_of({"m": after})).models[0].change("score")
    crowd = {f"x{n}": {"a": spread(8, 6, n, 1)} for n in range(19)}
    among = compare(run_of({"m": before, **crowd}), run_of({"m": after, **crowd})).model("m")
    assert alone.p is not None
    assert among is not None
    assert among.change("score").p == alone.p
    assert among.change("score").adjusted == pytest.approx(min(1, 20 * alone.p))


def test_what_the_api_lost_is_counted_and_left_out_of_the_means() -> None:
    before = run_of({"m": {"a": [8.0, 9.0, 8.0, 9.0]}})
    (model,) = compare(before, run_of({"m": {"a": [8.0, None, None, 9.0]}})).models
    assert model.unjudged == (0, 2)
    assert model.tasks[0].samples == (4, 2)
    assert model.change("score").after == 8.5


def test_samples_that_never_came_count_as_not_judged() -> None:
    before = run_of({"m": {"a": [8.0, 9.0, 8.0, 9.0]}})
    (model,) = compare(before, run_of({"m": {"a": [8.0, 9.0]}}, samples=4)).models
    assert model.unjudged == (0, 2)


def test_another_model_or_fingerprint_in_the_replies_is_said_aloud() -> None:
    totals = {"m": {"a": spread(8, 8)}}
    before = run_of(totals, model_returned="m-0901", system_fingerprint="fp1")
    (model,) = compare(before, run_of(totals, model_returned="m-1101", system_fingerprint="fp1")).models
    assert model.answers_by_another
    assert "    the model that answered changed: m-0901 → m-1101" in comparison_lines(
        compare(before, run_of(totals, model_returned="m-1101", system_fingerprint="fp2"))
    )
    (same,) = compare(before, before).models
    assert not same.answers_by_another


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"hashes": {"a": "other"}}, "its checks changed"),
        ({"hashes": {"a": "other"}, "prompts": {"a": "Do it."}}, "its prompt changed"),
        (
            {"versions": {**VERSIONS, "ruff": "2"}},
            "judged by other tools: ruff 1 → 2",
        ),
        (
            {"versions": {**VERSIONS, "ty": "2"}},
            "judged by other tools: ty 1 → 2",
        ),
        (
            {"rules": {"weights": {"quality": 2.0, "documentation": 1.0}}},
            "judged by other rules: weight of quality 1 → 2",
        ),
        (
            {"rules": {"caps": {"padding": 2.0}, "costs": {"F401": 0.0}}},
            "judged by other rules: cap of padding as usual → 2 and cost of F401 as usual → 0",
        ),
        (
            {"asked": ASKED.model_copy(update={"temperature": 0.7})},
            "asked otherwise: temperature 0.2 → 0.7",
        ),
        ({"asked": ASKED.model_copy(update={"system": "Be kind."})}, "asked otherwise: another system"),
    ],
)  # fmt: skip
def test_what_is_not_alike_is_left_out_and_named(changed: dict, reason: str) -> None:
    totals = {"m": {"a": spread(8, 8)}}
    found = compare(run_of(totals), run_of(totals, **changed))
    assert not found.models
    assert [(one.what, one.model, one.reason) for one in found.left_out] == [("a", "m", reason)]
    assert f"  left out: a (m): {reason}" in comparison_lines(found)


def test_another_seed_is_another_sample_and_nothing_else() -> None:
    totals = {"m": {"a": spread(8, 8)}}
    found = compare(run_of(totals), run_of(totals, asked=ASKED.model_copy(update={"seed": 5})))
    assert found.models
    assert not found.left_out


def test_answers_judged_again_stand_in_for_those_that_other_checks_judged() -> None:
    before = run_of({"m": {"a": spread(4, 8)}})
    after = run_of({"m": {"a": spread(8, 8)}}, hashes={"a": "other"})
    again = tuple(sample_of(index, total) for index, total in enumerate(spread(8, 8)))
    (model,) = compare(before, after, rejudged={("a", "m"): again}).models
    assert model.change("score").difference == 0
    assert model.tasks[0].rejudged


def test_tasks_and_models_of_one_run_only_are_named() -> None:
    before = run_of({"m": {"a": spread(8, 8), "old": spread(8, 8)}, "gone": {"a": spread(8, 8)}})
    after = run_of({"m": {"a": spread(8, 8), "new": spread(8, 8)}, "fresh": {"a": spread(8, 8)}})
    found = compare(before, after)
    assert [model.model for model in found.models] == ["m"]
    assert {(one.what, one.reason) for one in found.left_out} >= {
        ("task new", "not in the earlier run"),
        ("task old", "only in the earlier run"),
        ("model fresh", "not in the earlier run"),
        ("model gone", "only in the earlier run"),
    }


def test_truncation_and_refusal_are_rates() -> None:
    before = run_of({"m": {"a": spread(8, 20), "b": spread(8, 20)}})
    after = run_of({"m": {"a": spread(8, 20), "b": spread(8, 20)}}, status="truncated")
    (model,) = compare(before, after).models
    change = model.change("truncation")
    assert (change.before, change.after, change.verdict) == (0, 1, "worse")
    assert model.change("refusal").verdict == "same"
