"""Models that are not known, and keys that are not there: told before anything is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asking import document, told
from chatserver import ChatServer
from doubling import GOOD, fenced

from pytest_llmbench.models.registry import Registry

Make = Callable[..., ChatServer]
Write = Callable[[str, str], Path]

TEN = [key for key, model in Registry.load().models.items() if not model.embedded]


def run(pytester: pytest.Pytester, *args: str) -> str:
    """Run in this process, which is quicker: nothing gets as far as to start a thread."""
    result = pytester.runpytest_inprocess("suite", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "test session starts" not in result.stdout.str()
    return told(result)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("deepseek-v4-flsh", "unknown model 'deepseek-v4-flsh'; did you mean 'deepseek-v4-flash'?"),
        ("GLM5", "unknown model 'GLM5'; did you mean 'glm-5'?"),
        ("zzz", "unknown model 'zzz' (python -m pytest_llmbench models lists all)"),
        ("gpt-*", "no model matches 'gpt-*'"),
        ("openruter/x", "unknown provider 'openruter' in 'openruter/x'; did you mean 'openrouter'?"),
        ("smollm*", "no model matches 'smollm*'; smollm2-135m has to be named in full"),
        (",", "no model is named"),
        ("deepseek-r1,nonsense", "unknown model 'nonsense'"),
    ],
)
def test_an_unknown_model(pytester: pytest.Pytester, suite: Path, named: str, said: str) -> None:
    text = run(pytester, f"--llm-models={named}")
    assert f"ERROR: {said}" in text
    assert len(text.strip().splitlines()) == 1


def test_no_model_has_its_key(pytester: pytest.Pytester, suite: Path) -> None:
    text = run(pytester, "--llm-models=all")
    assert text.strip() == (
        "ERROR: no model has its key: set the environment variable GLOBAL_API_KEY for Global API "
        f"(https://global-apis.com/v1): {', '.join(TEN)}"
    )


def test_a_key_of_blanks_is_none(
    pytester: pytest.Pytester, suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOBAL_API_KEY", "  ")
    assert "no model has its key" in run(pytester, "--llm-models=glm-5")


def test_two_providers_lack_their_keys(pytester: pytest.Pytester, suite: Path) -> None:
    lines = run(pytester, "--llm-models=glm-5,openai/gpt-5-mini").strip().splitlines()
    assert len(lines) == 2
    assert "GLOBAL_API_KEY for Global API (https://global-apis.com/v1): glm-5" in lines[0]
    assert lines[1].strip() == (
        "or set the environment variable OPENAI_API_KEY for OpenAI (https://api.openai.com/v1): "
        "openai/gpt-5-mini"
    )


def test_one_model_without_its_key_is_an_error_and_the_others_run(
    pytester: pytest.Pytester, suite: Path, make_server: Make, write: Write
) -> None:
    server = make_server(fenced(GOOD))
    write(
        "llmbench.toml",
        f"""\
        [providers.house]
        base_url = "{server.url}"
        [models.ours]
        provider = "house"
        """,
    )
    result = pytester.runpytest("suite", "--llm-models=ours,glm-5", "--llm-samples=1", "--llm-json=out.json")
    result.assert_outcomes(passed=1, errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    said = "glm-5: no key for Global API (*): set the environment variable GLOBAL_API_KEY"
    result.stdout.fnmatch_lines([f"1 of 1 samples not judged: api_error: {said}"])
    assert [body["model"] for body in server.requests] == ["ours"]
    ranks = {model["id"]: model["rank"] for model in document(pytester)["models"]}
    assert ranks == {"ours": 1, "glm-5": None}


def test_a_base_url_without_models(pytester: pytest.Pytester, suite: Path) -> None:
    text = run(pytester, "--llm-base-url=http://127.0.0.1:9/v1")
    assert text.strip() == "ERROR: --llm-base-url needs --llm-models: the names of the models to ask there"


def test_a_key_s_variable_without_a_base_url(pytester: pytest.Pytester, suite: Path) -> None:
    text = run(pytester, "--llm-models=glm-5", "--llm-api-key-env=MY_KEY")
    assert "ERROR: --llm-api-key-env goes with --llm-base-url; a registry provider's key is named" in text


def test_the_key_s_variable_is_not_set(pytester: pytest.Pytester, suite: Path) -> None:
    text = run(pytester, "--llm-models=m", "--llm-base-url=http://127.0.0.1:9/v1", "--llm-api-key-env=MY_KEY")
    assert "no model has its key: set the environment variable MY_KEY for http://127.0.0.1:9/v1: m" in text


def test_a_key_in_the_place_of_its_variable_is_not_repeated(pytester: pytest.Pytester, suite: Path) -> None:
    key = "sk-very/secret"
    text = run(pytester, "--llm-models=m", "--llm-base-url=http://127.0.0.1:9/v1", f"--llm-api-key-env={key}")
    assert "the name of an environment variable is needed (such as OPENAI_API_KEY), not a key" in text
    assert key not in text
