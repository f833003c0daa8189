"""Mistakes on the command line and in configuration files: file, line, key, and what would be right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asking import told

from pytest_llmbench.bench.options import OPTIONS

Write = Callable[[str, str], Path]

BAD: dict[str, dict[str, str]] = {
    "models": {"": "it is empty"},
    "samples": {"0": "a whole number of at least 1 is needed", "three": "a whole number of at least 1"},
    "base-url": {
        "localhost:8080": "a URL such as http://127.0.0.1:8080/v1 is needed",
        "http://me:secret@x/v1": "a URL may not hold a user name or password",
        "http://x/v1?key=1": "a base URL ends with its path",
    },
    "api-key-env": {"sk-123": "the name of an environment variable is needed"},
    "temperature": {"-1": "a number from 0 to 2 is needed", "nan": "a number from 0 to 2", "hot": "a number"},
    "max-tokens": {"0": "a whole number of at least 1 is needed", "4e3": "a whole number of at least 1"},
    "seed": {"-1": "a whole number of at least 0 is needed"},
    "concurrency": {"0": "a whole number of at least 1 is needed"},
    "timeout": {"0": "a number of at least 0.001 is needed", "1m": "a number of at least 0.001 is needed"},
    "retries": {"-1": "a whole number of at least 0 is needed"},
    "pass-mark": {"11": "a number from 0 to 10 is needed", "0.5": "0 (measure only) or a score from 1 to 10"},
    "report": {"": "it is empty"},
    "json": {"": "it is empty"},
    "gguf": {"": "it is empty"},
    "budget": {"-1": "a number of at least 0 is needed", "nan": "a number of at least 0", "$5": "a number"},
    "budget-unknown": {"deny": "only 'allow' can be said here"},
    "regrade": {"": "no run's name; write --llm-regrade=RUN, or 'latest'", "a/b": "no run's name"},
    "replay": {"": "it is empty"},
    "storage": {"": "it is empty"},
    "markdown": {"": "it is empty"},
    "csv": {"": "it is empty"},
    "judge": {"": "it is empty"},
    "weights": {
        "looks=2": "AXIS=N is needed, AXIS one of correctness, quality,",
        "quality=-1": "a number of at least 0 is needed",
        "correctness=0,quality=0,documentation=0,edge_cases=0": "one axis at least has to weigh more than 0",
    },
    "caps": {
        "paddin=2": "there is no rule 'paddin'; did you mean 'padding'?",
        "padding": "'padding': RULE=N is needed",
        "padding=10": "padding='10': a number from 0 to 9 is needed",
    },
    "costs": {
        "F401=much": "F401='much': a number from 0 to 9 is needed",
        "padding=1": "'padding' is a group of rules: it has a cap, and no cost of its own",
    },
    "save": {"a/b": "a baseline's name is letters, digits and"},
    "compare": {"": "it is empty"},
    "compare-fail": {
        "score": "a rule is [TASK/]MEASURE:AMOUNT[%], such as score:0.5",
        "score:much": "'much' is not a number of at least 0",
    },
    "inconclusive": {"-1": "a whole number from 0 to 255 is needed", "256": "a whole number from 0 to 255"},
}
"""By option: a value that is not right, and what is said of it."""

CASES = [(name, value, said) for name, cases in BAD.items() for value, said in cases.items()]
KNOWN = {option.name: option for option in OPTIONS}


def run(pytester: pytest.Pytester, *args: str) -> str:
    """Run in this process, which is quicker: nothing gets as far as to start a thread."""
    result = pytester.runpytest_inprocess("suite", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "test session starts" not in result.stdout.str()
    return told(result)


@pytest.mark.parametrize(("name", "value", "said"), CASES)
def test_a_bad_value_on_the_command_line(
    pytester: pytest.Pytester, suite: Path, name: str, value: str, said: str
) -> None:
    text = run(pytester, f"--llm-{name}={value}")
    assert f"argument --llm-{name}: " in text
    assert said in text
    assert "secret" not in text


@pytest.mark.parametrize(("name", "value", "said"), [case for case in CASES if KNOWN[case[0]].in_toml])
def test_a_bad_value_in_a_file(
    pytester: pytest.Pytester, suite: Path, write: Write, name: str, value: str, said: str
) -> None:
    key = name.replace("-", "_")
    path = write("llmbench.toml", f'# ours\n{key} = "{value}"\n')
    text = run(pytester)
    assert text.startswith(f"ERROR: {path}:2: {key} = ")
    assert said in text
    assert "secret" not in text
    assert len(text.strip().splitlines()) == 1


def test_every_option_with_a_rule_is_tried() -> None:
    assert {option.name for option in OPTIONS if option.parse is not None} - BAD.keys() == set()


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("smaples = 3\n", ":1: unknown key 'smaples'; did you mean 'samples'?"),
        ("pass-mark = 3\n", ":1: unknown key 'pass-mark'; did you mean 'pass_mark'?"),
        ("samples = [3]\n", ":1: samples = [3]: a number or a text is needed"),
        ("samples = true\n", ":1: samples = True: a number or a text is needed"),
        ("\nsamples = \n", ":2: not valid TOML: Invalid value"),
        ("samples = 1\nsamples = 2\n", "not valid TOML: Cannot overwrite a value"),
        ("[models]\nx = 1\n", ":2: 'x' has to be a table: [models.x]"),
        ("[models.x]\nprice_output = 1\n", ":1: [models.x] is new and needs a 'provider', one of: "),
        (
            "[models.x]\nprovider = 'globalapi'",
            ":2: unknown provider 'globalapi'; did you mean 'global-api'?",
        ),
        ("[models.glm-5]\nprice_ouput = 1", ":2: unknown key 'price_ouput' in [models.glm-5]; did you mean"),
        ("[models.glm-5]\nprice_output = 'x'", ":2: price_output in [models.glm-5] should be a valid number"),
        ("[models.kimi-k2.5]\nrouter = true", 'an id with a dot in it needs quotes: [models."kimi-k2.5"]'),
        ("[providers.x]\ntitle = 'x'\n", ":1: [providers.x] is new and needs a 'base_url'"),
        ("[providers.x]\nbase_url = 'x'\n", ":2: base_url in [providers.x]: 'x': a URL such as"),
    ],
)
def test_bad_toml(pytester: pytest.Pytester, suite: Path, write: Write, toml: str, said: str) -> None:
    path = write("llmbench.toml", toml)
    for args in ((), ("--llm-models=glm-5",)):
        text = run(pytester, *args)
        assert text.startswith(f"ERROR: {path}")
        assert said in text
        assert len(text.strip().splitlines()) == 1


def test_a_mistake_in_pyproject(pytester: pytest.Pytester, suite: Path, write: Write) -> None:
    path = write("pyproject.toml", "[project]\nname = 'x'\n\n[tool.llmbench]\nconcurency = 3\n")
    text = run(pytester)
    assert text.strip() == (
        f"ERROR: {path}:5: unknown key 'concurency' in [tool.llmbench]; did you mean 'concurrency'?"
    )


def test_a_mistake_is_told_once_with_workers(pytester: pytest.Pytester, suite: Path, write: Write) -> None:
    write("llmbench.toml", "smaples = 3\n")
    result = pytester.runpytest("suite", "-n", "2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert told(result).count("unknown key 'smaples'") == 1


def test_another_project_s_file_is_none_of_ours(pytester: pytest.Pytester, suite: Path, write: Write) -> None:
    write("pyproject.toml", "[tool.other]\nsmaples = 3\n[tool.black]\nline-length = 100\n")
    result = pytester.runpytest_inprocess("suite", "--collect-only", "-q")
    assert result.ret == 0
