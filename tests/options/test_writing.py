"""`--llm-report`, `--llm-json`, `--llm-csv`, `--llm-pass-mark`: what is written where, and what fails."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from asking import document
from chatserver import ChatServer
from doubling import GOOD, WRONG, fenced

Make = Callable[..., ChatServer]
Give = Callable[..., tuple[str, ...]]


def run(pytester: pytest.Pytester, server: ChatServer, *args: str) -> pytest.RunResult:
    named = ("--llm-models=a", f"--llm-base-url={server.url}", "--llm-samples=1")
    return pytester.runpytest("suite", *named, *args)


def test_report_and_json(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    result = run(pytester, make_server(fenced(GOOD)), *give(report="made/page.html", json="made/run.json"))
    result.assert_outcomes(passed=1)
    page, data = (pytester.path / "made" / name for name in ("page.html", "run.json"))
    result.stdout.fnmatch_lines([f"JSON: {data}", f"report: {page}"])
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert document(pytester, "made/run.json")["results"][0]["task"] == "double"
    assert not (pytester.path / "llmbench-report.html").exists()


def test_csv(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    result = run(pytester, make_server(fenced(GOOD)), *give(csv="made/run.csv"))
    result.assert_outcomes(passed=1)
    path = pytester.path / "made" / "run.csv"
    result.stdout.fnmatch_lines([f"CSV: {path}"])
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["task"], row["model"], row["sample"], row["status"]) == ("double", "a", "1", "scored")


def test_without_them_there_is_a_report_and_no_json(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    run(pytester, make_server(fenced(GOOD))).assert_outcomes(passed=1)
    assert (pytester.path / "llmbench-report.html").is_file()
    assert list(pytester.path.glob("*.json")) == []


def test_a_report_of_before_is_replaced(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    path = pytester.path / "llmbench-report.html"
    path.write_text("of yesterday")
    run(pytester, make_server(fenced(GOOD))).assert_outcomes(passed=1)
    assert "of yesterday" not in path.read_text()


def test_pass_mark(pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give) -> None:
    """The wrong answer passes one of three checks, so that it has some score of its own."""
    result = run(pytester, make_server(fenced(WRONG)), "--llm-json=out.json", *give(pass_mark=1.2))
    result.assert_outcomes(passed=1)
    found = document(pytester)
    assert found["run"]["pass_mark"] == 1.2
    assert 1.2 < found["results"][0]["score"] < 6.5


def test_below_the_pass_mark(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    result = run(pytester, make_server(fenced(WRONG)))
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["score * is below the pass mark 6.5 (samples: *)"])


def test_a_pass_mark_of_zero(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    run(pytester, make_server(fenced(WRONG)), "--llm-pass-mark=0").assert_outcomes(passed=1)
    run(pytester, make_server(fenced(WRONG))).assert_outcomes(failed=1)
