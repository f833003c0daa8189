"""Several runs in one report."""

from __future__ import annotations

import pytest
from made_up_runs import MODELS, TASKS, document_of_scores, run_part, sample

from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.report.merge import merged


def run_of(model: int, score: float, **task: object) -> RunDocument:
    part = TASKS[0].model_copy(update=task)
    return build_document(
        run_part(id=f"r{model}{score}"),
        (part,),
        (MODELS[model],),
        {(part.id, MODELS[model].id): (sample(0, score),)},
    )


def test_one_run_stays_as_it_is() -> None:
    document = document_of_scores()
    assert merged([("a", document)]) is document


def test_other_models_are_ranked_together() -> None:
    both = merged([("a", run_of(0, 6.0)), ("b", run_of(1, 8.0))])
    assert [(model.id, model.rank, model.score) for model in both.models] == [
        ("deepseek-coder", 1, 8.0), ("deepseek-v4-flash", 2, 6.0),
    ]  # fmt: skip
    assert [model.best_value for model in both.models] == [True, False]
    assert both.run.id == "r06.0 + r18.0"


def test_a_model_of_two_runs_has_a_line_for_each() -> None:
    both = merged([("main", run_of(0, 6.0)), ("now", run_of(0, 8.0))])
    assert [(model.id, model.title, model.score) for model in both.models] == [
        ("deepseek-v4-flash (now)", "DeepSeek V4 Flash (now)", 8.0),
        ("deepseek-v4-flash (main)", "DeepSeek V4 Flash (main)", 6.0),
    ]


def test_runs_of_the_same_name_are_told_apart() -> None:
    both = merged([("run", run_of(0, 6.0)), ("run", run_of(0, 8.0))])
    assert {model.id for model in both.models} == {"deepseek-v4-flash (run)", "deepseek-v4-flash (run 2)"}


def test_who_lacks_a_task_is_not_ranked() -> None:
    both = merged([("a", run_of(0, 6.0)), ("b", run_of(1, 8.0, id="other", hash="b"))])
    assert [model.rank for model in both.models] == [None, None]
    assert both.models[0].unranked == "no score for other (not run)"


def test_a_task_that_is_not_the_same_is_refused() -> None:
    with pytest.raises(UsageError, match=r"the task 'flatten' is not the same in old and in new"):
        merged([("old", run_of(0, 6.0)), ("new", run_of(1, 8.0, hash="changed"))])


def test_runs_that_other_rules_judged_are_refused() -> None:
    other = run_of(1, 8.0)
    other = other.model_copy(update={"run": other.run.model_copy(update={"caps": {"padding": 2.0}})})
    said = r"^a and b were judged by other rules \(cap of padding as usual → 2\)"
    with pytest.raises(UsageError, match=said):
        merged([("a", run_of(0, 6.0)), ("b", other)])
