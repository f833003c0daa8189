"""`--llm-dry-run`: what would be asked, and what it may cost; no call is made, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asking import told
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]

PRICED = """
[tool.llmbench.providers.here]
base_url = "{url}"
api_key_env = "HERE_API_KEY"
[tool.llmbench.models.dear]
provider = "here"
price_output = 1000.0
[tool.llmbench.models."cheap\\u001bc"]
provider = "here"
price_output = 0.5
price_input = 0.1
[tool.llmbench.models.free]
provider = "here"
"""


def dry(pytester: pytest.Pytester, models: str, *args: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(
        "suite", f"--llm-models={models}", "--llm-dry-run", "--llm-max-tokens=1000", *args
    )


@pytest.fixture
def priced(suite: Path, make_server: Make, write: Callable[[str, str], Path]) -> ChatServer:
    server = make_server(fenced(GOOD))
    write("pyproject.toml", PRICED.format(url=server.url))
    return server


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_it_says_what_each_model_may_cost_and_asks_none(
    pytester: pytest.Pytester, priced: ChatServer, workers: tuple[str, ...]
) -> None:
    before = sorted(path.name for path in pytester.path.iterdir())
    result = dry(pytester, "dear,cheap*", "--llm-budget=5", "-p", "no:cacheprovider", *workers)
    assert result.ret == pytest.ExitCode.OK
    text = told(result)
    result.stdout.fnmatch_lines(
        [
            "*dry run: no model is asked*",
            "model * trials  prompt tokens  output tokens  cost at most",
            "dear *      3 *  1,350 *  3,000 *  $4.35",
            "cheap␛c *      3 *  1,350 *  3,000 *$0.0016",
            "all *      6 *  2,700 *  6,000 *$4.35",
            "within the budget of $5.00",
            "dear: no key for *: set the environment variable HERE_API_KEY",
        ]
    )
    assert "\x1bc" not in text
    assert priced.requests == []
    assert sorted(path.name for path in pytester.path.iterdir()) == before


def test_a_budget_that_is_not_enough(pytester: pytest.Pytester, priced: ChatServer) -> None:
    result = dry(pytester, "dear", "--llm-budget=2")
    result.stdout.fnmatch_lines(["above the budget of $2.00: what does not fit would not be asked"])


def test_a_price_that_is_not_known(pytester: pytest.Pytester, priced: ChatServer) -> None:
    result = dry(pytester, "dear,free")
    result.stdout.fnmatch_lines(["dear *$4.35", "free * –", "all * –", "–: the output price of free is *"])  # noqa: RUF001


def test_what_is_answered_already_is_not_counted(
    pytester: pytest.Pytester, priced: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERE_API_KEY", "sk-here")
    asked = ("suite", "--llm-models=dear", "--llm-max-tokens=1000", "--llm-samples=2")
    pytester.runpytest(*asked).assert_outcomes(passed=1)
    result = dry(pytester, "dear", "--llm-resume", "--llm-budget=4")
    result.stdout.fnmatch_lines(
        [
            "dear *      1 *  450 *  1,000 *$1.45",
            "within the budget of $4.00, of which $0.060 is booked",
            "answered already, and not asked again: 2 trials",
        ]
    )
    assert len(priced.requests) == 2
    listed = pytester.runpython_c("from pytest_llmbench.__main__ import main; main(['runs', 'list'])")
    listed.stdout.fnmatch_lines(["*finished*"])


def test_items_that_ask_nothing(
    pytester: pytest.Pytester, suite: Path, priced: ChatServer, write: Callable[[str, str], Path]
) -> None:
    write("suite/test_plain.py", "def test_ask(llm):\n    assert 0\n\ndef test_other():\n    assert 0\n")
    task = suite / "test_double.py"
    task.write_text("import pytest\n" + task.read_text().replace("@llm", "@pytest.mark.skip\n@llm", 1))
    result = dry(pytester, "dear")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["dear        0 *", "not counted: what 1 plain test would ask *"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "--llm-dry-run needs --llm-models: the models that would be asked"),
        (("--llm-replay=x.json",), "--llm-replay asks no model, so it does not go with --llm-dry-run"),
        (("--llm-models=dear", "--llm-resume"), "nothing is stored yet: there is no "),
        (("--llm-models=free", "--llm-budget=1"), "--llm-budget: the output price of free is not known"),
    ],
)
def test_mistakes(pytester: pytest.Pytester, priced: ChatServer, args: tuple[str, ...], said: str) -> None:
    result = pytester.runpytest_inprocess("suite", "--llm-dry-run", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in told(result)


def test_a_task_that_cannot_be_collected(pytester: pytest.Pytester, priced: ChatServer, suite: Path) -> None:
    (suite.parent / "test_broken.py").write_text("import nothing_of_that_name\n")
    assert dry(pytester, "dear").ret == pytest.ExitCode.INTERRUPTED
