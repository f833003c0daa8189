"""The figures of the calibration, over answers whose figures are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_llmbench.scoring.scorecard import AxisScores

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def beside_the_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def judged(name, tier, total, *, merge, quality=(5, 7), score=6.0):
    from agreement import Judged

    label = {"tier": tier, "would_merge": merge, "quality": list(quality)}
    return Judged("t", name, label, AxisScores(correctness=total, quality=score), total)


def test_figures_count_scores_pairs_and_merges():
    from agreement import figures

    found = figures(
        [
            judged("a", "good", 8.0, merge=True),
            judged("b", "wrong", 4.5, merge=False, score=7.5),
            judged("c", "lazy", 8.5, merge=False, score=8.0),
            judged("d", "malformed", 9.0, merge=False, score=4.4),
        ]
    )
    assert (found.scores, found.inside, found.near) == (4, 1, 2)
    assert (found.pairs, found.ordered) == (3, 2)  # what is malformed is in no pair
    assert (found.merges, found.agreed) == (4, 2)
    assert found.too_high == ["t/b 4.50"]
    assert found.misordered == ["t: a (good, 8.00) not above c (lazy, 8.50)"]


def test_answers_of_different_tasks_make_no_pairs():
    from agreement import Judged, overall

    first, second = judged("a", "good", 3.0, merge=False), judged("b", "wrong", 9.0, merge=False)
    other = Judged("u", second.name, second.label, second.axes, second.total)
    assert overall([first, other]).pairs == 0
    assert overall([first, second]).pairs == 1


def test_a_factor_is_fitted_where_it_helps_and_is_1_where_it_does_not():
    from agreement import fitted

    kind = [judged("a", "good", 10.0, merge=True, quality=(5, 6), score=8.0)]
    assert fitted(kind)["quality"] == pytest.approx(1.75)  # 10 - 1.75 * 2 = 6.5, the first that is near
    assert fitted(kind)["correctness"] == 1.0


def test_a_folder_without_labels_is_told(tmp_path):
    from calibration import judge_all, labelled

    from pytest_llmbench.errors import UsageError

    (tmp_path / "flatten").mkdir()
    (tmp_path / "flatten" / "a01.md").write_text("x")
    with pytest.raises(UsageError, match="each answer needs its labels"):
        list(labelled(tmp_path / "flatten"))
    with pytest.raises(UsageError, match="holds no folder of answers"):
        judge_all(tmp_path / "flatten", [])
