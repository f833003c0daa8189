"""With models: one item per task and model, all calls in flight at once, results in JSON and HTML."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from chatserver import ChatServer
from doubling import GOOD, WRONG, fenced

Make = Callable[..., ChatServer]


def ask(pytester: pytest.Pytester, server: ChatServer, *args: str, models: str = "a,b") -> pytest.RunResult:
    return pytester.runpytest(
        "-v", "suite", f"--llm-models={models}", f"--llm-base-url={server.url}", "--llm-json=out.json", *args
    )


def document(pytester: pytest.Pytester) -> dict:
    return json.loads((pytester.path / "out.json").read_text())


def test_all_calls_are_in_flight_before_the_first_item_reports(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server(fenced(GOOD), gate=6)
    result = ask(pytester, server)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["*::test_double?a? PASSED*", "*::test_double?b? PASSED*", "*report: *llmbench-report.html"]
    )
    assert server.most_in_flight == len(server.requests) == 6
    assert (pytester.path / "llmbench-report.html").is_file()
    found = document(pytester)
    assert found["schema"] == 1
    assert [m["id"] for m in found["models"]] == ["a", "b"]
    assert all(len(r["samples"]) == 3 for r in found["results"])
    assert found["results"][0]["score"] >= 9


def test_what_is_asked(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    ask(pytester, server, "--llm-samples=1", models="a")
    (request,) = server.requests
    assert request["model"] == "a"
    assert request["temperature"] == 0.2
    assert request["max_tokens"] == 4096
    assert [m["role"] for m in request["messages"]] == ["system", "user"]
    assert request["messages"][1]["content"] == "Write double(number) in Python."
    assert "seed" not in request
    assert "authorization" not in server.headers[0]


def test_a_wrong_answer_fails_below_the_pass_mark(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    result = ask(pytester, make_server(fenced(WRONG)), models="a")
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "score * is below the pass mark 6.5 *",
            "correctness: doubles seven (3 of 3 samples)",
            "    assert 9 == 14",
        ]
    )


def test_a_pass_mark_of_zero_only_measures(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    result = ask(pytester, make_server("I cannot help."), "--llm-pass-mark=0", models="a")
    result.assert_outcomes(passed=1)
    (found,) = document(pytester)["results"]
    assert found["score"] == 1
    assert {s["status"] for s in found["samples"]} == {"no_code"}


def test_the_median_of_the_samples_counts(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    replies = iter([fenced(GOOD), fenced(WRONG), fenced(GOOD)])
    ask(pytester, make_server(lambda _: next(replies)), "--llm-concurrency=1", models="a")
    (found,) = document(pytester)["results"]
    totals = sorted(s["total"] for s in found["samples"])
    assert totals[0] < 9 <= totals[1]
    assert found["score"] == totals[1]


def test_a_server_that_fails_is_an_error_and_not_a_failure(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    server = make_server(
        lambda body: fenced(GOOD) if body["model"] == "a" else (401, {"error": {"message": "no such key"}})
    )
    result = ask(pytester, server)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["3 of 3 samples not judged: api_error: *no such key*"])
    models = {m["id"]: m for m in document(pytester)["models"]}
    assert models["b"]["score"] is None
    assert models["b"]["errors"] == 3
    assert models["a"]["rank"] == 1


def test_no_call_is_made_for_a_task_that_is_not_proved(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    (suite / "solutions" / "reference.py").write_text(WRONG)
    server = make_server(fenced(GOOD))
    result = ask(pytester, server, models="a")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*task_error: the task is not proved, so no model was asked*"])
    assert server.requests == []


@pytest.mark.parametrize("option", ["--collect-only", "--setup-only", "--setup-plan"])
def test_looking_costs_nothing(
    pytester: pytest.Pytester, suite: Path, make_server: Make, option: str
) -> None:
    server = make_server(fenced(GOOD))
    result = ask(pytester, server, option)
    assert result.ret == 0
    assert server.requests == []


def test_skipped_and_deselected_items_cost_nothing(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    path = suite / "test_double.py"
    path.write_text("import pytest\n" + path.read_text().replace("@llm_task", "@pytest.mark.skip\n@llm_task"))
    server = make_server(fenced(GOOD))
    ask(pytester, server).assert_outcomes(skipped=2)
    path.write_text(path.read_text().replace("@pytest.mark.skip\n", ""))
    ask(pytester, server, "-k", "not beta", models="alpha,beta").assert_outcomes(passed=1, deselected=1)
    assert {body["model"] for body in server.requests} == {"alpha"}


def test_xfail_works(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    path = suite / "test_double.py"
    path.write_text(
        "import pytest\n" + path.read_text().replace("@llm_task", "@pytest.mark.xfail\n@llm_task")
    )
    ask(pytester, make_server(fenced(WRONG)), models="a").assert_outcomes(xfailed=1)


def test_last_failed_asks_only_what_failed(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(lambda body: fenced(GOOD if body["model"] == "a" else WRONG))
    ask(pytester, server).assert_outcomes(passed=1, failed=1)
    server.requests.clear()
    ask(pytester, server, "--lf").assert_outcomes(failed=1)
    assert [body["model"] for body in server.requests] == ["b"] * 3


def test_a_model_named_twice_is_asked_once(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    ask(pytester, server, "--llm-models=a", models="a,a").assert_outcomes(passed=1)
    assert len(server.requests) == 3


def test_names_with_slashes_and_colons(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    result = ask(pytester, server, "--llm-samples=1", models="org/model:7b")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*::test_double?org/model:7b? PASSED*"])


def test_exitfirst_stops_scheduling(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    names = ",".join("bcdefghijklmnop")
    server = make_server(fenced(WRONG))
    result = ask(pytester, server, "-x", "--llm-concurrency=1", models=names)
    result.assert_outcomes(failed=1)
    assert len(server.requests) < 3 * len(names.split(","))


def test_maxfail_waits_for_the_calls_in_flight_and_makes_no_other(
    pytester: pytest.Pytester, suite: Path, make_server: Make
) -> None:
    ended: list[str] = []

    def reply(body: dict) -> str:
        if body["model"] != "a":
            time.sleep(2)
        ended.append(body["model"])
        return fenced(WRONG)

    server = make_server(reply)
    options = ("--maxfail=1", "--llm-concurrency=3", "--llm-samples=1")
    result = ask(pytester, server, *options, models="a,b,c,d,e,f,g,h")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["waiting for calls in flight, which are paid for: [123]"])
    assert len(ended) == len(server.requests) <= 5


def test_a_provider_s_key_never_goes_to_another_server(
    pytester: pytest.Pytester, suite: Path, make_server: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOBAL_API_KEY", "sk-registry")
    monkeypatch.setenv("MY_KEY", "sk-mine")
    server = make_server(fenced(GOOD))
    ask(pytester, server, models="deepseek-r1").assert_outcomes(passed=1)
    assert all("authorization" not in headers for headers in server.headers)
    server.headers.clear()
    ask(pytester, server, "--llm-api-key-env=MY_KEY", models="deepseek-r1").assert_outcomes(passed=1)
    assert {headers["authorization"] for headers in server.headers} == {"Bearer sk-mine"}
    for name in ("out.json", "llmbench-report.html"):
        assert "sk-mine" not in (pytester.path / name).read_text()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_each_call_is_made_once_with_workers(
    pytester: pytest.Pytester, suite: Path, make_server: Make, workers: str
) -> None:
    server = make_server(fenced(GOOD))
    result = ask(pytester, server, "-n", workers, models="a,b,c")
    result.assert_outcomes(passed=3)
    assert len(server.requests) == 9
    assert [m["id"] for m in document(pytester)["models"]] == ["a", "b", "c"]
    result.stdout.fnmatch_lines(["*report: *llmbench-report.html"])
