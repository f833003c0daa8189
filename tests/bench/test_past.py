"""Earlier scores from storage: which runs count, and that they are what those runs' own reports say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kept import TASK, info, keep, trial

from pytest_llmbench.bench.past import with_history
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.storage.stored import Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage.open("sqlite:///kept.db", tmp_path)


def kept(storage: Storage, day: int, **more: Any) -> str:
    run = f"{day:02}" * 16
    keep(storage, info(run, started=datetime(2026, 11, day, tzinfo=UTC), **more))
    return run


def past(storage: Storage, run: str, **more: Any) -> RunDocument:
    return with_history(storage.load(run).model_copy(update=more), storage)


def test_scores_are_those_of_the_runs_own_reports(storage: Storage) -> None:
    runs = [kept(storage, day) for day in (1, 2, 3)]
    for name in ("main", "also-main"):
        storage.name(name, runs[1])
    history = past(storage, runs[2]).history
    assert [(run.run, run.name) for run in history] == [(runs[0], ""), (runs[1], "also-main, main")]
    for run in history:
        (score,), (model,) = run.scores, storage.load(run.run).models
        assert (score.model, score.score) == (model.id, model.score)
        assert score.interval is not None
        assert model.interval is not None
        assert score.interval == pytest.approx(model.interval, abs=0.6)


def test_only_runs_that_measured_the_same_count(storage: Storage) -> None:
    kept(storage, 1, weights={"correctness": 2.0})
    kept(storage, 2, origin="judged again: the answers of run 01010101")
    kept(storage, 5, caps={"padding": 2.0})
    kept(storage, 6, costs={"F401": 0.0})
    kept(storage, 4)
    now = kept(storage, 3)
    assert past(storage, now).history == ()
    assert past(storage, "06" * 16).history == ()
    document = past(storage, "04" * 16)
    assert [run.run for run in document.history] == [now]
    changed = document.tasks[0].model_copy(update={"hash": "h2"})
    assert past(storage, "04" * 16, tasks=(changed,)).history == ()
    assert past(storage, "04" * 16, tasks=(*document.tasks, changed)).history == ()
    other = document.models[0].model_copy(update={"id": "other"})
    assert past(storage, "04" * 16, models=(other,)).history == ()


def test_a_model_that_lacks_a_task_has_no_score_there(storage: Storage) -> None:
    """As on a leaderboard: a mean over fewer tasks would be of another kind."""
    first, now = "01" * 16, "02" * 16
    second = TASK.model_copy(update={"id": "triple", "hash": "h3"})
    for day, run in enumerate((first, now), start=1):
        journal = keep(storage, info(run, started=datetime(2026, 11, day, tzinfo=UTC)))
        journal = storage.begin(info(run, started=datetime(2026, 11, day, tzinfo=UTC)))
        journal.expect(second, 1, [trial(0, task="triple")])
        journal.close()
    document = storage.load(now)
    assert [run.run for run in with_history(document, storage).history] == [first]
    both = document.model_copy(update={"tasks": (*document.tasks, second)})
    assert with_history(both, storage).history == ()


def test_the_latest_dozen_is_shown(storage: Storage) -> None:
    runs = [kept(storage, day) for day in range(1, 16)]
    assert [run.run for run in past(storage, runs[-1]).history] == runs[2:-1]
