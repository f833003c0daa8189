from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.analyzers.tally import (
    PRAISE,
    SHOWN_AFTER_CAP,
    Mark,
    Weight,
    charge,
    padding_in,
    score_of,
    size_scale,
)
from pytest_llmbench.scoring.scorecard import Finding

WEIGHTS = {
    "bug": Weight(points=2, cap=5, why="a bug", scaled=False),
    "style": Weight(points=0.5, cap=2, why="taste", group="taste"),
    "name": Weight(points=0.4, cap=2, why="taste", group="taste"),
}


def charged(*marks, scale=1.0):
    return charge("quality", marks, WEIGHTS.get, group_caps={"taste": 0.8}, scale=scale)


def mark(rule, line=1, share=1.0):
    return Mark(rule=rule, line=line, message=f"{rule} in {line}", share=share)


def test_padding_is_what_went_for_dead_code_noise_and_praise():
    weights = {
        "unused": Weight(points=1, cap=2, why="dead", group="padding"),
        "restating": Weight(points=0.2, cap=1, why="noise", group="comments"),
        "bug": WEIGHTS["bug"],
    }
    marks = [mark("unused"), mark("restating"), mark("bug")]
    found = charge("quality", marks, weights.get, group_caps={"padding": 5, "comments": 3}, scale=1)
    praise = Finding(axis="documentation", rule=PRAISE, points=-0.5, message="x")
    assert padding_in([*found, praise], weights.get) == 1.7
    assert padding_in([], weights.get) == 0


def test_findings_come_by_line_with_their_points():
    found = charged(mark("bug", 5), mark("style", 2))
    assert [(f.axis, f.rule, f.line, f.points, f.message) for f in found] == [
        ("quality", "style", 2, -0.5, "style in 2"),
        ("quality", "bug", 5, -2, "bug in 5"),
    ]
    assert score_of(found) == 7.5


def test_a_rule_costs_at_most_its_cap_and_shows_a_little_more():
    found = charged(*(mark("bug", line) for line in range(1, 20)))
    assert [f.points for f in found] == [-2, -2, -1] + [0] * SHOWN_AFTER_CAP
    assert str(found[-1].points) == "0.0"
    assert score_of(found) == 5


def test_a_group_costs_at_most_its_cap():
    assert [f.points for f in charged(mark("style", 1), mark("name", 2))] == [-0.5, -0.3]


def test_a_share_costs_its_part():
    assert charged(mark("bug", share=0.25))[0].points == -0.5


def test_only_scaled_costs_shrink_with_size():
    assert [f.points for f in charged(mark("bug", 1), mark("style", 2), scale=0.5)] == [-2, -0.25]


def test_a_rule_without_a_weight_is_not_shown():
    assert charged(mark("unheard-of")) == ()


@pytest.mark.parametrize(("lines", "scale"), [(1, 1), (40, 1), (160, 0.5), (0, 1)])
def test_the_scale_falls_as_the_root_of_the_size(lines, scale):
    assert size_scale(lines, 40) == scale


@given(st.lists(st.builds(mark, st.sampled_from([*WEIGHTS, "other"]), st.integers(1, 9)), max_size=30))
def test_points_and_score_agree_in_any_order(marks):
    found = charged(*marks)
    assert found == charged(*reversed(marks))
    assert score_of(found) == pytest.approx(max(1, 10 + sum(f.points for f in found)))
    assert all(f.points <= 0 for f in found)
