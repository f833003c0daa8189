"""`--llm-regrade` and `--llm-replay`: the answers of a run, judged by today's checks, at no cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import document, html, told
from chatserver import ChatServer
from doubling import GOOD, TASK, WRONG, fenced

from pytest_llmbench.__main__ import main
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.storage.stored import Storage

Make = Callable[..., ChatServer]
KEPT = "sqlite:///.llmbench/llmbench.db"


@pytest.fixture
def exported(
    pytester: pytest.Pytester, suite: Path, make_server: Make, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A run of two models, exported to `run.json`; its server is gone. Its scores by model."""
    server = make_server(lambda body: fenced(GOOD if body["model"] == "a" else WRONG))
    pytester.runpytest(
        *(
            "suite",
            "--llm-models=a,b",
            f"--llm-base-url={server.url}",
            "--llm-samples=2",
            "--llm-json=out.json",
        )
    )
    monkeypatch.chdir(pytester.path)
    assert main(["runs", "export", "latest", "run.json"]) == 0
    asked = len(server.requests)
    assert asked == 4
    return scores(pytester)


def scores(pytester: pytest.Pytester) -> dict[str, Any]:
    return {
        result["model"]: [
            (sample["total"], sample["checks"], sample["findings"]) for sample in result["samples"]
        ]
        for result in document(pytester)["results"]
    }


def regrade(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest("suite", "--llm-json=out.json", "--llm-pass-mark=0", *args)


def without_times(run: RunDocument) -> dict[str, Any]:
    """Take from a run what judging it again may change: what it says of itself, and how long judging took."""
    samples = {"__all__": {"judge_s"}}
    return run.model_dump(exclude={"run": True, "results": {"__all__": {"samples": samples}}})


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_run_that_went_to_another_storage_gets_the_same_scores(
    pytester: pytest.Pytester, exported: dict[str, Any], workers: tuple[str, ...]
) -> None:
    elsewhere = "--llm-storage=sqlite:///other/my.db"
    assert main(["runs", "import", "run.json", elsewhere]) == 0
    result = regrade(pytester, "--llm-regrade", elsewhere, *workers)
    result.assert_outcomes(passed=2)
    assert scores(pytester) == exported
    storage = Storage.open("sqlite:///other/my.db", pytester.path)
    new, old = storage.runs()
    assert new.info.origin == document(pytester)["run"]["origin"]
    assert new.info.origin.startswith(f"judged again: the answers of run {old.id[:8]} of ")
    assert (new.completed, new.info.samples) == (4, 2)
    assert without_times(storage.load(new.id)) == without_times(storage.load(old.id))
    assert new.info.origin in html(pytester)
    result.stdout.fnmatch_lines([f"*the answers of run {old.id[:8]} of*"])


def test_todays_checks_judge(pytester: pytest.Pytester, suite: Path, exported: dict[str, Any]) -> None:
    run = Storage.open(KEPT, pytester.path).find("latest")
    stricter = '    with score.edge_case("takes no text"):\n        assert False, "not today"\n'
    (suite / "test_double.py").write_text(TASK + stricter)
    result = regrade(pytester, "--llm-regrade=latest", "--llm-models=a")
    assert "no model was asked" in told(result), "its references are held to the new check first"
    (suite / "test_double.py").write_text(TASK.replace("== 14", "in (9, 14)"))
    (suite / "solutions" / "faulty_plus.py").unlink()
    regrade(pytester, f"--llm-regrade={run[:8]}", "--llm-models=b").assert_outcomes(passed=1)
    assert scores(pytester)["b"][0][0] > exported["b"][0][0]


def test_a_replay_stores_nothing(pytester: pytest.Pytester, exported: dict[str, Any]) -> None:
    kept = Storage.open(KEPT, pytester.path).runs()
    for workers in ((), ("-n", "2")):
        regrade(pytester, "--llm-replay=run.json", *workers).assert_outcomes(passed=2)
        assert scores(pytester) == exported
        assert document(pytester)["run"]["origin"].startswith("replayed: the answers of run")
    assert Storage.open(KEPT, pytester.path).runs() == kept


def test_a_replay_of_another_prompt_is_an_error(
    pytester: pytest.Pytester, suite: Path, exported: dict[str, Any]
) -> None:
    (suite / "test_double.py").write_text(TASK.replace("in Python.", "in Python 3."))
    result = regrade(pytester, "--llm-replay=run.json")
    result.assert_outcomes(errors=2)
    assert "the prompt of double has changed since the run was made (replayed: " in told(result)
    regrade(pytester, "--llm-regrade").assert_outcomes(passed=2)


def test_a_plain_test_is_replayed(
    pytester: pytest.Pytester, make_server: Make, write: Callable[[str, str], Path]
) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    write(
        "suite/test_plain.py",
        """
        import pytest

        @pytest.mark.asyncio
        async def test_ask(llm):
            assert [(await llm.ask("Count.")).text for _ in range(2)] == ["1", "2"]
        """,
    )
    numbers = iter("12")
    server = make_server(lambda _: next(numbers))
    pytester.runpytest("suite", "--llm-models=a", f"--llm-base-url={server.url}")
    run = Storage.open(KEPT, pytester.path).find("latest")
    storage = f"--llm-storage=sqlite:///{pytester.path}/.llmbench/llmbench.db"
    assert main(["runs", "export", run, str(pytester.path / "run.json"), storage]) == 0
    pytester.runpytest("suite", "--llm-replay=run.json").assert_outcomes(passed=1)


MISTAKES = {
    ("--llm-replay=none.json",): "cannot read ",
    ("--llm-replay=out.json",): "out.json is not an exported run: ",
    ("--llm-replay=run.json", "--llm-models=c"): "the run has no model 'c'; it has: a, b",
    (
        "--llm-replay=run.json",
        "--llm-resume",
    ): "--llm-replay asks no model",
    ("--llm-regrade=zz",): "no run is called 'zz'",
    ("--llm-regrade", "suite"): "'suite': no run's name; write --llm-regrade=RUN, or 'latest'",
}


def test_mistakes(pytester: pytest.Pytester, exported: dict[str, Any]) -> None:
    for args, said in MISTAKES.items():
        result = pytester.runpytest_inprocess("suite", *args)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert said in told(result)
