"""`--llm-save`, `--llm-autosave`, and comparing with what was saved: by name, id, `latest`, exported file."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chatserver import ChatServer
from doubling import GOOD, WRONG, fenced

from pytest_llmbench.storage.stored import Storage

Make = Callable[..., ChatServer]


def run(pytester: pytest.Pytester, server: ChatServer, *args: str) -> pytest.RunResult:
    named = ("--llm-models=a", f"--llm-base-url={server.url}", "--llm-samples=6", "--llm-pass-mark=0")
    return pytester.runpytest("suite", *named, *args)


def storage(pytester: pytest.Pytester) -> Storage:
    return Storage.open("sqlite:///.llmbench/llmbench.db", pytester.path, make=False)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_saved_run_is_found_by_name_and_as_the_latest(
    pytester: pytest.Pytester, suite: Path, make_server: Make, workers: tuple[str, ...]
) -> None:
    good, bad = make_server(fenced(GOOD)), make_server(fenced(WRONG))
    result = run(pytester, good, "--llm-save=main", *workers)
    result.stdout.fnmatch_lines(["saved as main: compare with it by --llm-compare=main"])
    gate = "--llm-compare-fail=score:0.5"
    result = run(pytester, bad, "--llm-compare=main", gate, *workers)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["compared with main (*", "  a: worse: score 10.00 → 5.*", "gate: red"])
    # The latest run is the bad one now: never the one that is just being made.
    result = run(pytester, bad, "--llm-compare=latest", gate, *workers)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["compared with latest*", "*a: same within 0.00: score 5.* → 5.*"])
    assert len(storage(pytester).runs()) == 3
    assert list(storage(pytester).baselines()) == ["main"]


def test_an_exported_run_can_be_committed_and_compared_with(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server(fenced(GOOD))
    run(pytester, server, "--llm-autosave", "--llm-json=run.json")
    (name,) = storage(pytester).baselines()
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{8}", name)
    command = (sys.executable, "-m", "pytest_llmbench")
    assert pytester.run(*command, "runs", "export", name, "kept.json").ret == 0
    result = run(pytester, server, "--llm-compare=kept.json", "--llm-compare-fail=score:0.5")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["compared with kept.json*", "gate: green"])
    for before, after in ((name, "latest"), ("run.json", "kept.json"), (name[-8:], "latest")):
        result = pytester.run(*command, "compare", before, after, "--fail=score:0.5")
        assert result.ret == 0
        result.stdout.fnmatch_lines([f"compared with {before}*", "gate: green"])


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ("--llm-compare=main",),
            "ERROR: --llm-compare=main: no run is kept yet: there is no *; make it by: * --llm-save=main",
        ),
        (("--llm-save=latest",), "*argument --llm-save: 'latest': a baseline's name is letters, digits*"),
        (("--llm-save=a/b",), "*argument --llm-save: 'a/b': a baseline's name is letters, digits*"),
    ],
)
def test_mistakes(
    pytester: pytest.Pytester, suite: Path, make_server: Make, args: tuple[str, ...], told: str
) -> None:
    server = make_server(fenced(GOOD))
    result = run(pytester, server, *args)
    assert result.ret == 4
    result.stderr.fnmatch_lines([told])
    assert "Traceback" not in result.stderr.str()
    assert not server.requests


def test_without_models_there_is_nothing_to_save(pytester: pytest.Pytester, suite: Path) -> None:
    result = pytester.runpytest("suite", "--llm-save=x")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: --llm-save and --llm-autosave need a run of models that is kept"])


def test_two_jobs_that_save_at_once_lose_nothing(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    """Both start together, ask until both are there, and save: one name of its own each, one shared."""
    server = make_server(fenced(GOOD), gate=12)
    url = f"--llm-base-url={server.url}"
    common = (sys.executable, "-m", "pytest", "suite", "--llm-models=a", "--llm-samples=6", url)
    jobs = [
        subprocess.Popen(
            [*common, f"--llm-save={name}", "--llm-autosave", f"--llm-report={name}.html"],
            cwd=pytester.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for name in ("first", "second")
    ]  # fmt: skip
    for job in jobs:
        out, _ = job.communicate(timeout=300)
        assert job.returncode == 0, out
    kept = storage(pytester)
    names = kept.baselines()
    assert {"first", "second"} <= set(names)
    assert len(names) == 4
    assert names["first"] != names["second"]
    for run_id in set(names.values()):
        (result,) = kept.load(run_id).results
        assert [sample.total for sample in result.samples] == [10.0] * 6
