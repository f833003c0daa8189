"""`python -m pytest_llmbench runs`: what each command prints, and what it does to a storage."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from kept import info, keep

from pytest_llmbench.__main__ import main
from pytest_llmbench.storage.stored import Storage

FIRST, SECOND = "ab" * 16, "cd" * 16


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """A storage with two runs, the first of them a baseline, where the command looks for one."""
    monkeypatch.chdir(tmp_path)
    made = Storage.open("sqlite:///.llmbench/llmbench.db", tmp_path)
    for day, run in enumerate((FIRST, SECOND), start=1):
        keep(made, info(run, started=datetime(2026, 11, day, tzinfo=UTC), command="pytest \x1b[31msuite"))
        made.finish(run, "finished", 4.0)
    made.name("main", FIRST)
    return made


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[str]:
    assert main(["runs", *arguments]) == code
    captured = capsys.readouterr()
    return (captured.err if code else captured.out).splitlines()


def test_list(storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    head, *lines = said(capsys, "list")
    assert head.split() == ["id", "started", "state", "answers", "tasks", "models", "names"]
    assert [line.split()[0] for line in lines] == [SECOND[:8], FIRST[:8]]
    assert lines[1].split()[3:] == ["finished", "3", "of", "3", "double", "m", "main"]


def test_show(storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "show", "main")
    assert lines[0] == f"run       {FIRST} (finished)"
    assert "\x1b" not in "\n".join(lines)
    assert "names     main" in lines
    assert any("🥇 m" in line and "8.0" in line for line in lines)
    assert said(capsys, "show")[0] == f"run       {SECOND} (finished)"


def test_export_and_import(storage: Storage, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    before = storage.load(FIRST)
    path = tmp_path / f"llmbench-run-{FIRST[:8]}.json"
    assert said(capsys, "export", "main") == [f"run {FIRST[:8]}: {path}"]
    said(capsys, "delete", "main")
    assert said(capsys, "import", path.name) == [f"run {FIRST[:8]} is in {storage.database.path}"]
    assert storage.load(FIRST) == before
    (line,) = said(capsys, "import", path.name, code=4)
    assert "already" in line
    (line,) = said(capsys, "export", "cd", "no/such", "--llm-storage=sqlite:///none.db", code=4)
    assert line == f"ERROR: nothing is stored yet: there is no {tmp_path}/none.db; a benchmark run makes it"


def test_prune_keeps_baselines(storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "prune", "--keep=0") == ["1 run deleted"]
    assert [run.id for run in storage.runs()] == [FIRST]
    (line,) = said(capsys, "prune", "--keep=-1", code=4)
    assert line == "ERROR: --keep=-1: a whole number of at least 0 is needed"
    assert said(capsys, "delete", FIRST[:3]) == [f"run {FIRST[:8]} is deleted"]
    assert said(capsys, "list") == [f"no run is kept in {storage.database.path}"]


def test_the_storage_of_the_configuration_file_is_used(
    storage: Storage, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "llmbench.toml").write_text('storage = "sqlite:///other.db"\n')
    (line,) = said(capsys, "list", code=4)
    assert "there is no" in line
    assert "other.db" in line
