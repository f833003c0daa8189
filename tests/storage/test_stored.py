"""What is stored comes back: as a list, as a run's document, by a name."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kept import TASK, completion, info, keep, trial

from pytest_llmbench.errors import StorageError
from pytest_llmbench.storage.database import path_of
from pytest_llmbench.storage.journal import last_completion
from pytest_llmbench.storage.stored import Storage


def test_a_run_comes_back_as_a_document(storage: Storage) -> None:
    run = keep(storage, info(git_commit="c0ffee", sandbox="bubblewrap")).run
    assert storage.finish(run, "finished", 12.5)
    document = storage.load(run)
    assert (document.run.id, document.run.duration_s, document.run.sandbox) == (run, 12.5, "bubblewrap")
    assert [task.id for task in document.tasks] == ["double"]
    (model,) = document.models
    assert (model.title, model.score, model.judged, model.returned) == ("The model", 8.0, 3, {"m-0901": 3})
    assert model.cost_usd == pytest.approx(3 * 20 * 1.5 / 1e6)
    (result,) = document.results
    assert [sample.total for sample in result.samples] == [7.0, 8.0, 9.0]
    assert result.samples[1].answer.reply == "sample 1"
    assert result.samples[1].answer.code == "def double(n): ..."
    assert result.samples[1].findings[0].message == "so so"


def test_a_run_that_goes_on_can_be_read(storage: Storage) -> None:
    keep(storage, trials=[trial(0)])
    journal = storage.begin(info())
    journal.expect(TASK, 0, [trial(1)])
    journal.close()
    claim = storage.claim(info().id)
    (run,) = storage.runs()
    assert (run.status, run.completed, run.trials) == ("running", 1, 2)
    with pytest.raises(StorageError, match="is still under way in another process"):
        storage.claim(info().id)
    with pytest.raises(StorageError, match="is under way: wait for its end"):
        storage.delete([run.id])
    claim.release()
    assert storage.run(run.id).status == "broken off"
    assert storage.load(run.id).models[0].judged == 1


def test_runs_are_found_by_id_prefix_name_and_latest(storage: Storage) -> None:
    for day, run in enumerate(("ab" * 16, "ac" * 16), start=1):
        keep(storage, info(run, started=datetime(2026, 11, day, tzinfo=UTC)))
    storage.name("main", "ab" * 16)
    assert [run.id for run in storage.runs()] == ["ac" * 16, "ab" * 16]
    for wanted, found in (("ab" * 16, "ab"), ("aba", "ab"), ("main", "ab"), ("latest", "ac")):
        assert storage.find(wanted) == found * 16
    for wanted, problem in (("a", "2 runs begin with 'a'"), ("x", "no run is called 'x'"), ("", "no run is")):
        with pytest.raises(StorageError, match=problem):
            storage.find(wanted)


def test_a_baseline_s_name_moves(storage: Storage) -> None:
    for run in ("ab" * 16, "ac" * 16):
        keep(storage, info(run))
        storage.name("main", run)
    assert storage.baselines() == {"main": "ac" * 16}
    with pytest.raises(StorageError, match="no run has the id 'x'"):
        storage.name("main", "x")


def test_deleted_runs_take_nothing_of_others_along(storage: Storage) -> None:
    keep(storage, info("ab" * 16))
    keep(storage, info("ac" * 16), [trial(0, prompt="Another prompt.")])
    storage.name("gone", "ab" * 16)
    storage.delete(["ab" * 16])
    assert [run.id for run in storage.runs()] == ["ac" * 16]
    assert storage.baselines() == {}
    with storage.database.reading() as connection:
        texts = {text for (text,) in connection.execute("SELECT text FROM texts")}
    assert texts == {"Another prompt.", "Be terse."}


def test_what_a_newer_release_adds_is_left_out(storage: Storage) -> None:
    run = keep(storage).run
    with storage.database.writing() as connection:
        for table in ("runs", "tasks", "models", "completions", "scorecards"):
            connection.execute(
                f"UPDATE {table} SET body = json_insert(body, '$.later', json('{json.dumps([1])}'))"
            )
        connection.execute(
            "UPDATE scorecards SET body = json_insert(body, '$.axes.later', 1, '$.checks[0].later', 1)"
        )
    assert storage.load(run).models[0].score == 8.0
    assert last_completion(storage.database, run, trial().key) == completion("sample 0")


def test_a_value_that_is_damaged_is_named(storage: Storage) -> None:
    run = keep(storage).run
    with storage.database.writing() as connection:
        connection.execute("UPDATE scorecards SET body = '{' WHERE total = 7.0")
    with pytest.raises(StorageError, match="sample 0 of double by m cannot be read: its JSON"):
        storage.load(run)


def test_no_header_is_kept(storage: Storage) -> None:
    keep(storage)
    assert not any(b"sk-header" in path.read_bytes() for path in storage.database.path.parent.iterdir())


@pytest.mark.parametrize(
    "url", ["runs.db", "sqlite://", "sqlite:///", "postgresql://a/b", "sqlite:///:memory:"]
)
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(StorageError, match=re.escape(f"--llm-storage={url}: sqlite:///PATH is needed")):
        path_of(url, Path())


def test_paths_are_relative_to_the_folder(tmp_path: Path) -> None:
    assert path_of("sqlite:///a/b.db", tmp_path) == tmp_path / "a" / "b.db"
    assert path_of("sqlite:////var/b.db", tmp_path) == Path("/var/b.db")
