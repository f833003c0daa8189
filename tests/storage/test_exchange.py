"""A run goes out as one file and comes in again, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kept import OPINION, info, keep, trial
from newer import make_newer

from pytest_llmbench.errors import StorageError
from pytest_llmbench.storage.exchange import export_run, import_runs
from pytest_llmbench.storage.stored import Storage


@pytest.fixture
def exported(storage: Storage, tmp_path: Path) -> Path:
    run = keep(storage).run
    storage.finish(run, "finished", 3.0)
    path = tmp_path / "run.json"
    export_run(storage.database, run, path)
    return path


def changed(path: Path, change: Any) -> Path:
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))
    return path


def test_a_run_is_the_same_in_another_storage(storage: Storage, exported: Path, tmp_path: Path) -> None:
    other = Storage.open("sqlite:///other.db", tmp_path)
    assert import_runs(other.database, exported) == [info().id]
    assert other.load(info().id) == storage.load(info().id)
    assert other.runs() == storage.runs()
    export_run(other.database, info().id, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == exported.read_text()


def test_opinions_go_with_it(exported: Path, tmp_path: Path) -> None:
    other = Storage.open("sqlite:///other.db", tmp_path)
    import_runs(other.database, exported)
    assert other.opinions(info().id) == {trial().key: OPINION}
    samples = other.load(info().id).results[0].samples
    assert [sample.opinion for sample in samples] == [OPINION, None, None]


def test_a_file_of_before_there_were_opinions(exported: Path, tmp_path: Path) -> None:
    other = Storage.open("sqlite:///other.db", tmp_path)
    import_runs(other.database, changed(exported, lambda found: found.pop("opinions")))
    assert other.opinions(info().id) == {}
    assert other.load(info().id).judges == ()


def test_a_file_of_a_newer_release(storage: Storage, exported: Path, tmp_path: Path) -> None:
    make_newer(exported)
    other = Storage.open("sqlite:///other.db", tmp_path)
    import_runs(other.database, exported)
    assert other.load(info().id) == storage.load(info().id)
    assert [run.info for run in other.runs()] == [run.info for run in storage.runs()]


def test_a_run_that_is_there_is_not_replaced(storage: Storage, exported: Path) -> None:
    with pytest.raises(StorageError, match=r"is in .* already; delete it there first"):
        import_runs(storage.database, exported)


def later(found: dict[str, Any]) -> None:
    found["later"] = found["run"]["later"] = found["completions"][0]["later"] = {"a": 1}
    found["completions"][0]["body"]["later"] = 1


def test_what_a_newer_release_adds_is_left_out(exported: Path, tmp_path: Path) -> None:
    other = Storage.open("sqlite:///other.db", tmp_path)
    import_runs(other.database, changed(exported, later))
    assert other.load(info().id).models[0].score == 8.0


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda found: found.update(schema=2), "schema: Input should be 1"),
        (lambda found: found.pop("trials"), "trials: Field required"),
        (lambda found: found["trials"].pop(), "is not whole: rows are missing"),
        (lambda found: found["trials"][0].update(sample=None), "a trial has no good 'sample'"),
        (lambda found: found["trials"][0].update(task=[1]), "a trial has no good 'task'"),
        (lambda found: found["completions"][0]["body"].pop("text"), "a completion cannot be read: text"),
        (lambda found: found["trials"][0].update(sample=2**63), "what no database takes: .*too large"),
    ],
)
def test_a_file_that_is_not_right_leaves_nothing(
    exported: Path, tmp_path: Path, change: Any, problem: str
) -> None:
    other = Storage.open("sqlite:///other.db", tmp_path)
    with pytest.raises(StorageError, match=problem):
        import_runs(other.database, changed(exported, change))
    assert other.runs() == []
