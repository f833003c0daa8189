"""What the pictures are drawn from: steps to a score, spread, the change since a baseline, earlier runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise

import pytest
from made_up_runs import compared, document_of_scores, large, realistic, sample

from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.change import change
from pytest_llmbench.report.page.history import history
from pytest_llmbench.report.page.matrix import matrix
from pytest_llmbench.report.page.points import steps
from pytest_llmbench.report.page.scopes import as_script, scope_data
from pytest_llmbench.report.page.spread import spread
from pytest_llmbench.scoring.axes import PADDED, axis_scores, total_score
from pytest_llmbench.scoring.axis_weights import EQUAL_WEIGHTS
from pytest_llmbench.scoring.scorecard import Axis, Check, Finding


def judged(
    passed: tuple[bool, ...], points: tuple[float, ...] = (), weights: Mapping[Axis, float] = EQUAL_WEIGHTS
) -> SamplePart:
    """A sample with four checks of correctness and edge cases, scored by the real formula."""
    axes = ("correctness", "correctness", "edge_cases", "edge_cases")
    checks = tuple(
        Check(axis=axis, label=f"check {at}", passed=yes, weight=at + 1.0)
        for at, (axis, yes) in enumerate(zip(axes, passed, strict=True))
    )
    findings = tuple(
        Finding(axis="quality", rule=f"R{at}", line=at + 1, points=each, message=f"finding {at}")
        for at, each in enumerate(points)
    )
    bounded = axis_scores(checks, quality=max(1.0, 10 + sum(points)), documentation=10.0)
    total = total_score(bounded.scores, weights)
    return sample(0, total, checks=checks, findings=(*findings, *bounded.findings), axes=bounded.scores)


@pytest.mark.parametrize(
    "passed", [(True,) * 4, (True, False, True, True), (False, True, False, True), (False,) * 4]
)
@pytest.mark.parametrize("points", [(), (-0.5, -0.25), (-6.0, -6.0), tuple([-0.3] * 20)])
@pytest.mark.parametrize("weights", [EQUAL_WEIGHTS, {**EQUAL_WEIGHTS, "correctness": 3.0, "quality": 0.0}])
def test_steps_add_up_to_the_total(
    passed: tuple[bool, ...], points: tuple[float, ...], weights: Mapping[Axis, float]
) -> None:
    one = judged(passed, points, weights)
    found = steps(one, weights)
    assert one.total is not None
    assert 10 + sum(step.points for step in found) == pytest.approx(one.total, abs=0.03)
    assert all(0 <= step.low <= step.high <= 100 for step in found)
    assert len(found) <= 14


def test_a_step_names_what_cost_the_points() -> None:
    found = {step.label: step for step in steps(judged((True, False, True, True), (-0.5,)), {})}
    assert found["check 1"].points == pytest.approx(-9 * 2 / 3 / 4)
    assert found["finding 0"].where == "quality, line 1"
    assert found["finding 0"].points == pytest.approx(-0.125)
    assert "never above correctness" in found


def test_what_padding_bounds_is_named() -> None:
    bound = Finding(axis="quality", rule=PADDED, points=0.0, message="padding")
    one = judged((True,) * 4).model_copy(update={"total": 6.45, "findings": (bound,)})
    (step,) = steps(one, {})
    assert (step.label, step.where) == ("what padding leaves", "total")
    assert step.points == pytest.approx(-3.55)


def test_what_was_not_judged_has_no_steps() -> None:
    assert steps(sample(0, None, "api_error"), {}) == []
    assert steps(sample(0, 1.0, "no_code"), {}) == []


def test_spread_counts_all_judged_samples() -> None:
    document = realistic()
    view = spread(document, Comparison(document), {model.id: "x" for model in document.models})
    assert view is not None
    assert [row.samples for row in view.rows] == [15] * 9 + [14]
    assert all(row.low <= row.middle <= row.high for row in view.rows)
    assert view.steadiest is not None
    assert view.steadiest.within == min(row.within for row in view.rows if row.within is not None)
    assert spread(document_of_scores(), Comparison(document_of_scores()), {}) is None


def test_only_sure_changes_are_told() -> None:
    view = change(compared())
    assert view is not None
    better, worse = "DeepSeek Coder (+0.6) is better", "Kimi K2.5 (\N{MINUS SIGN}0.5) is worse"
    assert view.headline == f"{better} and {worse} since main; for the rest it cannot be told"
    assert {line.model.id: line.direction for line in view.lines if line.direction} == {
        "deepseek-coder": 1,
        "kimi-k2.5": -1,
    }
    assert view.missing == ["gone-model"]
    for side in ("before_label", "after_label"):
        places = sorted(getattr(line, side) for line in view.lines)
        assert min(b - a for a, b in pairwise(places)) >= 15.9
    assert change(realistic()) is None


def test_history_ends_with_this_run() -> None:
    document = compared()
    view = history(document)
    assert view is not None
    assert (view.runs, len(view.rows)) == (4, 6)
    assert view.rows[0].dots[-1].text == f"this run: {document.models[0].score:.1f}"
    assert [dot.x for dot in view.rows[0].dots] == sorted(dot.x for dot in view.rows[0].dots)
    assert history(realistic()) is None


def test_a_scope_is_the_leaderboard_of_its_tasks() -> None:
    document = realistic()
    found = {scope["key"]: scope for scope in scope_data(document, Comparison(document), Anchors(document))}
    assert {"tagged-hard", "tagged-review", "language-JavaScript", "suite-backend", "task-dijkstra"} <= set(
        found
    )
    figures = found["task-dijkstra"]["models"]
    assert isinstance(figures, list)
    for model, cells in zip(document.models, figures, strict=True):
        (result,) = [r for r in document.results if r.task == "dijkstra" and r.model == model.id]
        assert cells[1] == pytest.approx(result.score, abs=1e-4)
    assert sorted(cells[0] for cells in figures) == list(range(1, 11))


def test_data_cannot_leave_its_script_element() -> None:
    text = as_script(["</script><!--<script>", "&", "\u2028"])
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == ["</script><!--<script>", "&", "\u2028"]


def test_many_tasks_stand_upright() -> None:
    document = large(models=3, tasks=9, samples=2)
    view = matrix(document, Comparison(document), Anchors(document))
    assert view.upright
    means = [column.mean or 0.0 for column in view.columns]
    assert means == sorted(means)
    assert "set the models furthest apart" in view.headline
    assert not matrix(realistic(), Comparison(realistic()), Anchors(realistic())).upright
