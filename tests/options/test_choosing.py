"""`--llm-models`, `--llm-gguf`, `--llm-allow-unsafe`, `--llm-lint`, and `--help`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from asking import ask, document
from chatserver import ChatServer
from doubling import GOOD, fenced

from pytest_llmbench.bench.options import OPTIONS, TOML_KEYS
from pytest_llmbench.completions.embedded import find_gguf

Make = Callable[..., ChatServer]
Write = Callable[[str, str], Path]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
@pytest.mark.parametrize(
    ("named", "asked"),
    [
        (("deepseek-*,!x",), None),
        (("deepseek-v4-*",), ["deepseek-v4-flash", "deepseek-v4-pro"]),
        (("glm-5, qwen3-32b", "kimi-k2.5"), ["glm-5", "qwen3-32b", "kimi-k2.5"]),
    ],
    ids=["a name of any kind", "a glob", "repeated"],
)
def test_models(
    pytester: pytest.Pytester, suite: Path, make_server: Make, named: tuple[str, ...],
    asked: list[str] | None, workers: tuple[str, ...],
) -> None:  # fmt: skip
    server = make_server(fenced(GOOD))
    args = [f"--llm-models={name}" for name in named]
    result = pytester.runpytest("suite", *args, f"--llm-base-url={server.url}", "--llm-samples=1", *workers)
    expected = asked or ["deepseek-v4-flash", "deepseek-coder", "deepseek-v4-pro", "deepseek-r1", "!x"]
    result.assert_outcomes(passed=len(expected))
    assert sorted(body["model"] for body in server.requests) == sorted(expected)


def test_all_models(pytester: pytest.Pytester, suite: Path, write: Write, make_server: Make) -> None:
    write("llmbench.toml", '[models.ours]\nprovider = "ollama"\n')
    server = make_server(fenced(GOOD))
    ask(pytester, server, models="all").assert_outcomes(passed=11)
    names = {body["model"] for body in server.requests}
    assert len(names) == 11
    assert "ours" in names
    assert "smollm2-135m" not in names


def test_models_do_not_stand_in_a_file_as_an_option(
    pytester: pytest.Pytester, suite: Path, write: Write
) -> None:
    write("llmbench.toml", 'models = "glm-5"\n')
    result = pytester.runpytest_inprocess("suite")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *llmbench.toml:1: 'models' has to be a table: [[]models]"])


@pytest.mark.slow
@pytest.mark.parametrize("how", ["argument", "file"])
def test_gguf(pytester: pytest.Pytester, suite: Path, write: Write, how: str) -> None:
    (pytester.path / "own.gguf").symlink_to(find_gguf())
    if how == "file":
        write("llmbench.toml", 'gguf = "own.gguf"\n')
    args = ["--llm-gguf=own.gguf"] if how == "argument" else []
    result = pytester.runpytest(
        "suite", "--llm-models=smollm2-135m", "--llm-samples=1", "--llm-max-tokens=16", "--llm-pass-mark=0",
        "--llm-json=out.json", *args,
    )  # fmt: skip
    result.assert_outcomes(passed=1)
    assert document(pytester)["results"][0]["samples"][0]["model_returned"] == "own"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_allow_unsafe_changes_nothing_where_a_sandbox_works(
    pytester: pytest.Pytester, suite: Path, make_server: Make, workers: tuple[str, ...]
) -> None:
    ask(pytester, make_server(fenced(GOOD)), "--llm-allow-unsafe", *workers).assert_outcomes(passed=1)
    assert document(pytester)["run"]["sandbox"].startswith("bubblewrap")


@pytest.mark.parametrize("key", ["allow_unsafe", "lint"])
def test_what_is_for_one_run_does_not_stand_in_a_file(
    pytester: pytest.Pytester, suite: Path, write: Write, key: str
) -> None:
    assert key not in TOML_KEYS
    write("llmbench.toml", f"{key} = true\n")
    result = pytester.runpytest_inprocess("suite")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *llmbench.toml:1: unknown key '{key}'*"])


def test_lint_goes_without_models(pytester: pytest.Pytester, suite: Path, make_server: Make) -> None:
    server = make_server(fenced(GOOD))
    result = ask(pytester, server, "--llm-lint")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --llm-lint looks at tasks and asks no model: leave out --llm-models"]
    )
    assert server.requests == []


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_lint_adds_an_item_per_task(pytester: pytest.Pytester, suite: Path, workers: tuple[str, ...]) -> None:
    result = pytester.runpytest("suite", "-v", "--llm-lint", *workers)
    result.stdout.fnmatch_lines(["*::test_double[[]lint[]]*"])
    found = result.parseoutcomes()
    assert found.pop("passed", 0) + found.pop("failed", 0) == 3


def test_help_shows_every_option(pytester: pytest.Pytester, suite: Path) -> None:
    text = pytester.runpytest_inprocess("--help").stdout.str()
    shown = re.sub(r"\s+", " ", text)
    for option in OPTIONS:
        metavar = option.metavar if option.bare is None else f"[{option.metavar}]"
        value = f"={metavar}" if metavar else ""
        assert f"{option.flag}{value}" in text, option.flag
        assert option.help in shown, option.help
