"""Paths that cannot be written: told before the first call; a full disk loses nothing silently."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asking import ask, document, html, told
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]

OPTIONS = {"report": "the HTML report", "json": "the JSON file"}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("taken/report", "Not a directory"),
        ("folder", "Is a directory"),
        ("/proc/none/report", "No such file or directory"),
        ("x" * 300, "File name too long"),
    ],
    ids=["a file in its way", "a folder", "no folder", "too long"],
)
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_it_is_told_at_the_start(
    pytester: pytest.Pytester,
    suite: Path,
    make_server: Make,
    option: str,
    path: str,
    said: str,
    workers: tuple[str, ...],
) -> None:
    (pytester.path / "taken").write_text("mine")
    (pytester.path / "folder").mkdir()
    server = make_server(fenced(GOOD))
    result = pytester.runpytest_inprocess(
        "suite", "--llm-models=a", f"--llm-base-url={server.url}", f"--llm-{option}={path}", *workers
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    whole = pytester.path / path
    assert told(result).strip() == f"ERROR: cannot write {OPTIONS[option]} to {whole}: {said}"
    assert server.requests == []
    assert (pytester.path / "taken").read_text() == "mine"


def test_what_is_there_stays_until_there_is_something_new(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    (pytester.path / "out.json").write_text("of yesterday")
    result = ask(pytester, make_server(fenced(GOOD)), "-k", "nothing")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert (pytester.path / "out.json").read_text() == "of yesterday"
    assert sorted(path.name for path in pytester.path.glob(".*.tmp")) == []


def test_folders_that_are_missing_are_made(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    ask(pytester, make_server(fenced(GOOD)), "--llm-report=a/b/report.html").assert_outcomes(passed=1)
    assert (pytester.path / "a" / "b" / "report.html").stat().st_size > 1000


def test_a_full_device_keeps_no_other_file_from_being_written(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    """`/dev/full` answers every write as a full disk does."""
    result = ask(pytester, make_server(fenced(GOOD)), "--llm-json=/dev/full")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = told(result)
    assert "ERROR: cannot write the JSON file to /dev/full: No space left on device" in text
    assert "1 model, 1 task, 1 sample each" in text, "the table is printed all the same"
    assert "1. a" in text or "🥇 a" in text
    assert "double" in html(pytester)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that holds a few KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_full_disk_leaves_nothing_half_written(
    pytester: pytest.Pytester, suite: Path, make_server: Make, small_disk: Path, workers: tuple[str, ...]
) -> None:
    report = small_disk / "report.html"
    report.write_text("of yesterday")
    result = ask(pytester, make_server(fenced(GOOD)), f"--llm-report={report}", *workers)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = told(result)
    assert f"ERROR: cannot write the HTML report to {report}: No space left on device" in text
    assert "1 model, 1 task, 1 sample each" in text
    assert [path.name for path in small_disk.iterdir()] == ["report.html"]
    assert report.read_text() == "of yesterday"
    assert document(pytester)["models"][0]["score"] >= 9
