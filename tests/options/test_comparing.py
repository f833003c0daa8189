"""`--llm-compare`, `--llm-compare-fail`, `--llm-inconclusive`, `--llm-markdown`, from server to exit code."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from chatserver import ChatServer
from doubling import FAULTY, GOOD, TASK, WRONG, fenced

Make = Callable[..., ChatServer]
Give = Callable[..., tuple[str, ...]]

UNDOCUMENTED = re.sub(r'""".*?"""\n', "", GOOD, flags=re.DOTALL).strip() + "\n"


def tripled(text: str) -> str:
    return text.replace("double", "triple").replace("2 *", "3 *").replace("== 4", "== 6").replace("14", "21")


@pytest.fixture
def two_tasks(pytester: pytest.Pytester, suite: Path) -> Path:
    """A second task beside the one that doubles."""
    folder = suite.parent / "triple"
    (folder / "solutions").mkdir(parents=True)
    (folder / "test_triple.py").write_text(tripled(TASK))
    (folder / "solutions" / "reference.py").write_text(tripled(GOOD))
    (folder / "solutions" / "faulty_plus.py").write_text(tripled(FAULTY))
    return suite.parent


def serving(make: Make, **replies: tuple[str, ...]) -> ChatServer:
    """Answer each task by its replies in turn; 500 stands for a server that fails."""
    turns = {task: count() for task in replies}

    def reply(body: dict[str, Any]) -> Any:
        task = "triple" if "triple" in body["messages"][-1]["content"] else "double"
        text = replies[task][next(turns[task]) % len(replies[task])]
        return (500, {"error": {"message": "down"}}) if text == "500" else fenced(text)

    return make(reply)


def healthy(make: Make) -> ChatServer:
    mixed = (GOOD, GOOD, UNDOCUMENTED, GOOD)
    return serving(make, double=mixed, triple=tuple(map(tripled, mixed)))


def run(pytester: pytest.Pytester, server: ChatServer, *args: str) -> pytest.RunResult:
    named = ("--llm-models=a", f"--llm-base-url={server.url}", "--llm-samples=10", "--llm-pass-mark=0")
    return pytester.runpytest("suite", *named, "--llm-concurrency=4", *args)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_server_that_became_worse_in_one_task_is_red_and_the_task_is_named(
    pytester: pytest.Pytester, two_tasks: Path, make_server: Make, workers: tuple[str, ...]
) -> None:
    before = healthy(make_server)
    assert run(pytester, before, "--llm-json=main.json", *workers).ret == 0
    broken = (tripled(WRONG), tripled(GOOD), tripled(WRONG))
    worse = serving(make_server, double=(GOOD, GOOD, UNDOCUMENTED, GOOD), triple=broken)
    result = run(pytester, worse, "--llm-compare=main.json", "--llm-compare-fail=score:0.5", *workers)
    result.assert_outcomes(passed=2)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "compared with main.json (*",
            "  a: worse: score 9.* → *",
            "    triple: worse: score 9.* → *",
            "gate: red",
            "  red (score:0.5): a: score 9.* → *",
        ]
    )
    result.stdout.no_fnmatch_line("*double: worse*")
    report = (pytester.path / "llmbench-report.html").read_text()
    assert 'id="change"' in report
    assert re.search(r"a \(\N{MINUS SIGN}[\d.]+\) is worse since main.json", report)


def test_the_same_server_twice_is_green(
    pytester: pytest.Pytester, two_tasks: Path, make_server: Make
) -> None:
    server = healthy(make_server)
    run(pytester, server, "--llm-json=main.json")
    rules = ("score:0.1", "correctness:1%", "triple/score:0.1", "truncation:1%")
    result = run(
        pytester, server, "--llm-compare=main.json", *(f"--llm-compare-fail={rule}" for rule in rules)
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["gate: green"])


def test_a_server_that_is_down_half_of_the_time_is_inconclusive(
    pytester: pytest.Pytester, two_tasks: Path, make_server: Make
) -> None:
    run(pytester, healthy(make_server), "--llm-json=main.json")
    down = serving(make_server, double=(WRONG, "500"), triple=(tripled(WRONG), "500"))
    args = ("--llm-compare=main.json", "--llm-compare-fail=score:0.5", "--llm-retries=0")
    result = run(pytester, down, *args)
    result.assert_outcomes(errors=2)
    assert result.ret == 6
    result.stdout.fnmatch_lines(["gate: inconclusive", "  inconclusive (score:0.5): a: * not be judged *"])
    assert run(pytester, down, *args, "--llm-inconclusive=0").ret == 0
    failing = two_tasks / "test_plain.py"
    failing.write_text("def test_plain():\n    assert 0\n")
    assert run(pytester, down, *args).ret == 1


def test_earlier_answers_are_judged_by_checks_that_are_new(
    pytester: pytest.Pytester, two_tasks: Path, make_server: Make
) -> None:
    """A check is added that no answer passes: by yesterday's scores every model would be worse today."""
    run(pytester, healthy(make_server), "--llm-json=main.json")
    check = '    with score.edge_case("is kind"):\n        assert await candidate.call("double", 0) == 0\n'
    path = two_tasks / "double" / "test_double.py"
    path.write_text(path.read_text() + check)
    result = run(
        pytester, healthy(make_server), "--llm-compare=main.json", "--llm-compare-fail=double/score:0.5"
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["    double (earlier answers judged again): *9.* → 9.*", "gate: green"])
    offline = pytester.run(sys.executable, "-m", "pytest_llmbench", "compare", "main.json", "main.json")
    assert offline.ret == 0


def test_what_is_written_for_ci(
    pytester: pytest.Pytester, suite: Path, make_server: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serving(make_server, double=(GOOD,))
    run(pytester, server, "--llm-json=main.json")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pytester.path / "step.md"))
    bad = serving(make_server, double=(WRONG,))
    args = ("--llm-compare=main.json", "--llm-compare-fail=score:0.5", "--llm-pass-mark=6.5")
    result = run(pytester, bad, *args, "--llm-markdown=sum.md", "--junit-xml=junit.xml")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "against the earlier run: worse: score 10.00 → 5.*",
            "Markdown: *sum.md",
            "::error title=score%3A0.5 is red::*",
        ]
    )
    summary = (pytester.path / "sum.md").read_text()
    assert summary.startswith("### 🔴 gate: red\n")
    assert (pytester.path / "step.md").read_text() == summary
    found = {
        each.attrib["name"]: each.attrib["value"]
        for each in ET.parse(pytester.path / "junit.xml").iter("property")
    }
    assert found["llmbench_samples"] == "10"
    assert found["llmbench_verdict"] == "worse"
    assert float(found["llmbench_before"]) > 9 > float(found["llmbench_score"])
    assert found["llmbench_model_returned"] == "a"
    assert {"llmbench_correctness", "llmbench_quality", "llmbench_edge_cases"} <= set(found)


def test_a_summary_without_a_comparison(
    pytester: pytest.Pytester, suite: Path, make_server: Make, give: Give
) -> None:
    args = give(markdown="made/sum.md", samples=1)
    result = pytester.runpytest(
        "suite", "--llm-models=a", f"--llm-base-url={make_server(fenced(GOOD)).url}", *args
    )
    result.assert_outcomes(passed=1)
    assert (
        (pytester.path / "made/sum.md")
        .read_text()
        .startswith("1 model, 1 task, 1 sample each\n\n| # | model |")
    )


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ("--llm-compare=no.json", "--llm-compare-fail", "score:1"),
            (
                "ERROR: --llm-compare=no.json: there is no such file; make it by: pytest * --llm-models=a"
                " --llm-base-url=* --llm-samples=10 --llm-pass-mark=0 --llm-concurrency=4 *--llm-json=no.json"
            ),
        ),
        (
            ("--llm-compare-fail=score:0.5",),
            "ERROR: --llm-compare-fail needs --llm-compare: the run to compare with",
        ),
        (
            ("--llm-compare=x.json", "--llm-compare-fail=dubble/score:1"),
            "ERROR: --llm-compare-fail=dubble/score:1: there is no task dubble, only double",
        ),
        (
            ("--llm-compare=x.json", "--llm-models=!b"),
            "ERROR: --llm-compare=x.json has none of these models, only a; make one that has them by: *",
        ),
        (("--llm-compare=page.html",), "ERROR: *page.html is not a run's JSON file: *"),
        (
            ("--llm-compare=x.json", "--llm-compare-fail=scores:1"),
            "*argument --llm-compare-fail: 'scores:1': no measure 'scores'; did you mean 'score'?",
        ),
    ],
    ids=["no file", "no baseline", "no task", "no model", "no run", "no rule"],
)  # fmt: skip
def test_mistakes_are_told_before_anything_is_asked(
    pytester: pytest.Pytester, suite: Path, make_server: Make, args: tuple[str, ...], told: str
) -> None:
    server = make_server(fenced(GOOD))
    if "x.json" in "".join(args):
        pytester.runpytest(
            "suite", "--llm-models=a", f"--llm-base-url={server.url}", "--llm-samples=1", "--llm-json=x.json"
        )
        server.requests.clear()
    (pytester.path / "page.html").write_text("<p>")
    models = args if any("--llm-models" in arg for arg in args) else ("--llm-models=a", *args)
    options = (f"--llm-base-url={server.url}", "--llm-samples=10", "--llm-pass-mark=0", "--llm-concurrency=4")
    result = pytester.runpytest("suite", models[0], *options, *models[1:])
    assert result.ret == 4
    result.stderr.fnmatch_lines([told])
    assert "Traceback" not in result.stderr.str() + result.stdout.str()
    assert not server.requests


def test_rules_in_a_file(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    (pytester.path / "llmbench.toml").write_text(
        'compare = "main.json"\ncompare_fail = ["score:0.5", "cost:20%"]\ninconclusive = 0\n'
    )
    url = f"--llm-base-url={server.url}"
    pytester.path.joinpath("llmbench.toml").rename(pytester.path / "later.toml")
    pytester.runpytest("suite", "--llm-models=a", url, "--llm-json=main.json")
    pytester.path.joinpath("later.toml").rename(pytester.path / "llmbench.toml")
    result = pytester.runpytest("suite", "--llm-models=a", url)
    result.stdout.fnmatch_lines(
        [
            "gate: inconclusive",
            "*(score:0.5): a: 3 samples are too few*",
            "*(cost:20%): a: not known in both runs*",
        ]
    )
    assert result.ret == 0
    assert json.loads((pytester.path / "main.json").read_text())["results"][0]["samples"][0]["asked"]
