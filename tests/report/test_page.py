"""The parts of the page: anchors, scales, labels, coloured code, what a check says over all models."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import CODE, document_of_scores, hostile, realistic

from pytest_llmbench.report.clean import clean
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.code import COLOURED_CHARACTERS, SHOWN_LINE, shown_code
from pytest_llmbench.report.page.labels import Box, Point, place_labels
from pytest_llmbench.report.page.matrix import shade
from pytest_llmbench.report.page.scales import price_scale, score_scale
from pytest_llmbench.report.page.scatter import scatter
from pytest_llmbench.report.page.tasks import task_views


def test_anchors_are_readable_and_stay_the_same() -> None:
    anchors = Anchors(realistic())
    assert anchors.task("async_race") == "task-async-race"
    assert anchors.model("kimi-k2.5") == "model-kimi-k2-5"
    assert anchors.answer("flatten", "glm-5") == "answer-flatten--glm-5"
    assert anchors.sample("flatten", "glm-5", 0) == "sample-flatten--glm-5--1"


def test_with_one_task_a_model_leads_to_its_answers() -> None:
    assert Anchors(document_of_scores()).model("glm-5") == "answer-flatten--glm-5"


def test_ids_that_look_alike_get_anchors_of_their_own() -> None:
    document = hostile("!")
    anchors = Anchors(document)
    assert anchors.task("!") == "task-x"
    assert {anchors.answer("!", model.id) for model in document.models} == {"answer-x--0", "answer-x--1"}


@given(st.lists(st.floats(min_value=1, max_value=10), min_size=1))
def test_a_scale_holds_all_scores(scores: list[float]) -> None:
    scale = score_scale(scores)
    assert scale.high - scale.low >= 2
    assert 1 <= scale.low < scale.high <= 10
    assert scale.low <= min(scores)
    assert max(scores) <= scale.high
    assert all(0 <= scale.percent(score) <= 100 for score in scores)


def test_a_scale_of_nothing_is_the_whole_range() -> None:
    assert (score_scale([None]).low, score_scale([]).high) == (1, 10)


@given(st.lists(st.floats(min_value=1e-4, max_value=1e4), min_size=1))
def test_prices_stay_inside_with_room(prices: list[float]) -> None:
    scale = price_scale(prices)
    assert all(3 < scale.percent(price) < 97 for price in prices)
    assert scale.ticks == sorted(scale.ticks)


def test_prices_have_round_ticks() -> None:
    assert price_scale([0.2, 3.0]).ticks == [0.2, 0.5, 1.0, 2.0]
    assert price_scale([0.01, 100.0]).ticks == [0.01, 0.1, 1.0, 10.0, 100.0]


def test_labels_keep_off_each_other_and_inside() -> None:
    points = [Point(100 + 9 * i, 200 + 5 * i, 230 + 5 * i, 170 + 5 * i) for i in range(6)]
    frame = Box(0, 0, 760, 400)
    places = [place.box for place in place_labels(points, ["A model's name"] * 6, frame)]
    assert all(box.outside(frame) == 0 for box in places)
    assert sum(a.overlap(b) for i, a in enumerate(places) for b in places[:i]) == 0


def test_the_front_holds_what_nothing_cheaper_reaches() -> None:
    document = document_of_scores()
    view = scatter(document, Comparison(document))
    assert view is not None
    front = [mark.model.id for mark in view.pictures[0].marks if mark.front]
    assert front == ["deepseek-r1", "deepseek-v4-pro", "qwen3-coder-30b", "deepseek-v4-flash"]
    assert view.headline == "4 models make the front; 5 are beaten on price or score"
    assert [(step.model.id, step.sure) for step in view.steps] == [
        ("qwen3-coder-30b", None), ("deepseek-v4-pro", None), ("deepseek-r1", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("score", "strength"), [(None, 0), (10.0, 0), (9.0, 0), (8.9, 1), (7.5, 2), (6.5, 3), (5.0, 4), (1.0, 5)]
)
def test_shades(score: float | None, strength: int) -> None:
    assert shade(score) == strength


@pytest.mark.parametrize("language", ["python", "javascript", "typescript", "go", "klingon", "<b>"])
@pytest.mark.parametrize("name", ["flatten_good", "dijkstra_poor", "go_review_good"])
def test_coloured_code_is_the_code(name: str, language: str) -> None:
    source = (CODE / f"{name}.txt").read_text(encoding="utf-8")
    lines = shown_code(source, language).lines
    assert "\n".join("".join(text for _, text in line) for line in lines) == source.rstrip("\n")


def test_code_has_colours() -> None:
    (line,) = shown_code("def f(): return 'x'  # why", "python").lines
    assert ("tk", "def ") in line
    assert ("ts", "'x'  ") in line
    assert ("tc", "# why") in line


@given(st.text(max_size=300), st.sampled_from(["python", "javascript", "typescript", "go"]))
def test_no_code_is_lost_or_made_up(source: str, language: str) -> None:
    lines = shown_code(source, language).lines
    shown = "\n".join("".join(text for _, text in line) for line in lines)
    assert shown == clean(source).rstrip("\n")


def test_a_line_of_a_megabyte_is_cut_and_said_to_be() -> None:
    code = shown_code("x" * 1_000_000, "python")
    assert [len(text) for line in code.lines for _, text in line] == [SHOWN_LINE]
    assert code.left_out == 1_000_000 - SHOWN_LINE


@pytest.mark.parametrize("unit", [" \n", "(", '"""\\', "`${", "/*", "a ", "\n"])
@pytest.mark.parametrize("language", ["python", "typescript"])
def test_code_that_is_slow_to_colour_is_not_coloured_for_long(unit: str, language: str) -> None:
    began = time.process_time()
    shown_code(unit * (COLOURED_CHARACTERS // len(unit)), language)
    assert time.process_time() - began < 3


def test_checks_that_tell_models_apart_come_first() -> None:
    document = realistic()
    views = {view.task.id: view for view in task_views(document, Comparison(document), Anchors(document))}
    for view in views.values():
        shares = [abs(check.passed / check.samples - 0.5) for check in view.telling]
        assert shares == sorted(shares)
        assert all(check.passed in {0, check.samples} for check in view.settled)
    assert sum(check.samples for check in views["dijkstra"].telling[:1]) == 29
