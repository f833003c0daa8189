"""`--llm-storage`: each run is kept, with all that was asked and answered, and without any key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asking import document, html
from chatserver import ChatServer
from doubling import GOOD, WRONG, fenced

from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.storage.stored import Storage

Make = Callable[..., ChatServer]
Give = Callable[..., tuple[str, ...]]


def run(pytester: pytest.Pytester, server: ChatServer, *args: str) -> pytest.RunResult:
    return pytester.runpytest(
        *("suite", "--llm-models=a,b", f"--llm-base-url={server.url}", "--llm-json=out.json"), *args
    )


def by_model(body: dict[str, object]) -> str:
    return fenced(GOOD if body["model"] == "a" else WRONG)


def test_a_run_is_kept_where_it_is_wanted(
    pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_OWN", "sk-very-secret")
    args = give(storage="sqlite:///elsewhere/my.db", samples=2, api_key_env="MY_OWN")
    result = run(pytester, make_server(by_model), *args)
    result.assert_outcomes(passed=1, failed=1)
    storage = Storage.open("sqlite:///elsewhere/my.db", pytester.path, make=False)
    (kept,) = storage.runs()
    result.stdout.fnmatch_lines([f"run {kept.id[:8]} is kept in {pytester.path}/elsewhere/my.db"])
    assert (kept.status, kept.trials, kept.completed) == ("finished", 4, 4)
    loaded, written = storage.load(kept.id), RunDocument.model_validate(document(pytester))
    assert loaded.model_dump() == written.model_dump()
    assert (pytester.path / "elsewhere" / ".gitignore").read_text() == "*\n"
    assert not (pytester.path / ".llmbench").exists()
    files = list((pytester.path / "elsewhere").iterdir())
    assert not any(b"sk-very-secret" in path.read_bytes() for path in files)


def test_what_is_needed_to_trust_a_run_is_kept(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    replies = iter([(503, {"error": {"message": "busy"}}), *[fenced(GOOD)] * 2])
    run(pytester, make_server(lambda _: next(replies)), "--llm-samples=1", "--llm-concurrency=1")
    storage = Storage.open("sqlite:///.llmbench/llmbench.db", pytester.path, make=False)
    (kept,) = storage.runs()
    assert {"python", "pytest-llmbench", "ruff", "tree-sitter-python"} <= set(kept.info.versions)
    assert kept.info.sandbox.startswith("bubblewrap")
    assert " suite --llm-models=a,b " in kept.info.command
    with storage.database.reading() as connection:
        attempts = connection.execute("SELECT outcome, status_code FROM attempts ORDER BY started").fetchall()
        requests = connection.execute(
            "SELECT json_extract(body, '$.request.temperature'), input_tokens, model_returned"
            " FROM completions ORDER BY model_returned"
        ).fetchall()
    assert sorted(map(tuple, attempts)) == [("answered", None), ("answered", None), ("server", 503)]
    assert [tuple(request) for request in requests] == [(0.2, 10, "a"), (0.2, 10, "b")]


def test_a_second_run_asks_again(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(by_model)
    for _ in range(2):
        run(pytester, server, "--llm-samples=1")
    assert len(server.requests) == 4
    storage = Storage.open("sqlite:///.llmbench/llmbench.db", pytester.path, make=False)
    assert [kept.completed for kept in storage.runs()] == [2, 2]


def test_what_a_plain_test_asks_is_kept(
    pytester: pytest.Pytester, make_server: Make, write: Callable[[str, str], Path]
) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    write(
        "suite/test_plain.py",
        """
        import pytest

        @pytest.mark.asyncio
        async def test_ask(llm):
            assert (await llm.ask("Say yes.")).text == "yes"
            assert (await llm.ask("Say yes.")).text == "yes"
        """,
    )
    run(pytester, make_server("yes")).assert_outcomes(passed=2)
    storage = Storage.open("sqlite:///.llmbench/llmbench.db", pytester.path, make=False)
    (kept,) = storage.runs()
    assert (kept.status, kept.completed, kept.tasks) == ("finished", 4, ())


def test_proofs_store_nothing(pytester: pytest.Pytester, suite: Path) -> None:
    pytester.runpytest("suite").assert_outcomes(passed=2)
    assert not (pytester.path / ".llmbench").exists()


def test_a_session_that_ends_early_is_kept_as_interrupted(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    result = run(pytester, make_server(fenced(WRONG)), "-x", "--llm-samples=1")
    assert result.parseoutcomes() == {"failed": 1}
    storage = Storage.open("sqlite:///.llmbench/llmbench.db", pytester.path, make=False)
    (kept,) = storage.runs()
    assert (kept.status, kept.trials) == ("interrupted", 2)


@pytest.mark.slow
def test_the_report_shows_earlier_runs(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(by_model)
    run(pytester, server, "--llm-samples=1").assert_outcomes(passed=1, failed=1)
    first = document(pytester)
    assert first["history"] == []
    assert 'id="history"' not in html(pytester)
    run(pytester, server, "--llm-samples=1", "--llm-models=c", "-n", "2")
    (past,) = document(pytester)["history"]
    assert past["run"] == first["run"]["id"]
    assert {each["model"]: each["score"] for each in past["scores"]} == {
        model["id"]: model["score"] for model in first["models"]
    }
    assert "Scores over 2 runs" in html(pytester)


@pytest.mark.slow
def test_earlier_runs_that_cannot_be_read_fail_nothing(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server(fenced(GOOD))
    run(pytester, server, "--llm-samples=1").assert_outcomes(passed=2)
    storage = Storage.open("sqlite:///.llmbench/llmbench.db", pytester.path, make=False)
    with storage.database.writing() as connection:
        connection.execute("UPDATE runs SET body = '{}'")
    result = run(pytester, server, "--llm-samples=1")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["the report shows no earlier runs: run * cannot be read: id: *"])
    assert document(pytester)["history"] == []
