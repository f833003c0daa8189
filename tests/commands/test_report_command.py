"""`python -m pytest_llmbench report`: of files and of runs that are kept, one or several, in all forms."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kept import info, keep
from made_up_runs import document_of_scores, realistic
from newer import make_newer

from pytest_llmbench.__main__ import main
from pytest_llmbench.report.json_file import read_document, write_json
from pytest_llmbench.storage.stored import Storage


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    write_json(tmp_path / "run.json", realistic())
    return tmp_path


def test_the_table_is_printed_and_nothing_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "run.json"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("10 models, 5 tasks, 3 samples each (median)")
    assert "🥇 deepseek-r1" in out
    assert "\x1b" not in out
    assert [path.name for path in folder.iterdir()] == ["run.json"]


def test_all_forms(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = ("--html=made/a.html", "--csv=made/a.csv", "--json=made/a.json", "--markdown=made/a.md")
    assert main(["report", "run.json", *paths]) == 0
    assert "HTML report: made/a.html" in capsys.readouterr().out
    assert (folder / "made/a.html").read_text().startswith("<!DOCTYPE html>")
    assert (folder / "made/a.csv").read_text().count("\n") == 151
    assert read_document(folder / "made/a.json") == realistic()
    assert "deepseek-r1" in (folder / "made/a.md").read_text().lower().replace("\\", "")


def test_several_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("main", "now"):
        write_json(folder / f"{name}.json", document_of_scores())
    assert main(["report", "main.json", "now.json", "--json=both.json"]) == 0
    assert len(read_document(folder / "both.json").models) == 20
    assert "deepseek-r1 (now)" in capsys.readouterr().out


def test_files_of_a_newer_release(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They have keys that this one does not know, and are reported, merged and compared all the same."""
    for name in ("main", "now"):
        write_json(folder / f"{name}.json", document_of_scores())
        make_newer(folder / f"{name}.json")
    assert main(["report", "main.json", "now.json", "--json=both.json", "--html=both.html"]) == 0
    assert len(read_document(folder / "both.json").models) == 20
    assert main(["report", "now.json", "--baseline=main.json", "--json=beside.json"]) == 0
    assert read_document(folder / "beside.json").baseline is not None
    assert main(["compare", "main.json", "now.json"]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_a_baseline(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "run.json", "--baseline=run.json", "--json=a.json", "--html=a.html"]) == 0
    baseline = read_document(folder / "a.json").baseline
    assert baseline is not None
    assert (baseline.name, len(baseline.tasks), len(baseline.changes)) == ("run", 5, 10)
    assert [change for change in baseline.changes if change.sure] == []
    assert "No change since run is sure" in (folder / "a.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("none.json",), "none.json: there is no such file"),
        (("broken.json",), "broken.json is not a run's JSON file"),
        (("nobody",), "nobody: no run is kept yet: there is no "),
        (("run.json", "--html=run.json/x"), "cannot write the HTML report to run.json/x"),
        (("run.json", "--csv="), "cannot write the CSV file to ."),
    ],
)
def test_mistakes_are_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    (folder / "broken.json").write_text('{"schema": 1}')
    assert main(["report", *arguments]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("ERROR: ")
    assert expected in captured.err
    assert captured.err.count("\n") == 1


def test_runs_that_are_kept_come_with_their_past(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storage = Storage.open("sqlite:///.llmbench/llmbench.db", folder)
    for day, run in enumerate(("ab" * 16, "cd" * 16), start=1):
        keep(storage, info(run, started=datetime(2026, 11, day, tzinfo=UTC)))
        storage.finish(run, "finished", 4.0)
    storage.name("main", "ab" * 16)
    assert main(["report", "latest", "--json=latest.json"]) == 0
    document = read_document(folder / "latest.json")
    assert document.run.id == "cd" * 16
    assert [(run.run, run.name) for run in document.history] == [("ab" * 16, "main")]
    assert main(["report", "main", "latest"]) == 0
    assert "m (main)" in capsys.readouterr().out


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_only_where_a_terminal_wants_them(folder: Path, no_color: str, *, coloured: bool) -> None:
    """A real terminal of the system's, so that nothing has to be believed."""
    command = [sys.executable, "-m", "pytest_llmbench", "report", "run.json"]
    script = f"import pty, sys; sys.exit(pty.spawn({command!r}))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "NO_COLOR": no_color},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    assert b"deepseek-r1" in done.stdout
    assert (b"\x1b[33m" in done.stdout) is coloured
