"""A project's own file: what it can say, and how each mistake in it is told."""

from __future__ import annotations

import pytest

from pytest_llmbench.errors import ConfigError
from pytest_llmbench.models.config import find_config
from pytest_llmbench.models.registry import Registry

OPTIONS = ("samples", "temperature", "pass_mark")


@pytest.fixture
def load(tmp_path):
    def load(text, name="llmbench.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return Registry.load(path, OPTIONS)

    return load


@pytest.fixture
def told(load, tmp_path):
    def told(text, name="llmbench.toml"):
        with pytest.raises(ConfigError) as caught:
            load(text, name)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return told


def test_a_model_of_ones_own(load):
    registry = load(
        """
[providers.house]
title = "In house"
base_url = "https://llm.house.example/v1/"
api_key_env = "HOUSE_KEY"
headers = { X-Team = "backend" }
concurrency = 4
requests_per_minute = 60
tokens_per_minute = 1e5
timeout_s = 300

[models."llama-4.1"]
title = "Llama 4.1"
vendor = "Meta"
category = "General purpose"
provider = "house"
name = "meta/llama-4.1-instruct"
price_output = 1
price_input = 0.25
temperature = 0
max_tokens = 2048
extra_body = { top_p = 0.9, chat_template_kwargs = { enable_thinking = false } }
headers = { X-Model = "llama" }
router = true
"""
    )
    model = registry.select(["all"])[-1]
    assert (model.id, model.api_name, model.display) == ("llama-4.1", "meta/llama-4.1-instruct", "Llama 4.1")
    assert (model.price_output, model.price_input, model.temperature, model.max_tokens) == (1, 0.25, 0, 2048)
    assert model.extra_body == {"top_p": 0.9, "chat_template_kwargs": {"enable_thinking": False}}
    assert model.headers == {"X-Model": "llama"}
    assert model.router
    provider = registry.provider(model)
    assert provider.base_url == "https://llm.house.example/v1"
    assert (provider.concurrency, provider.timeout_s, provider.headers) == (4, 300, {"X-Team": "backend"})
    assert (provider.requests_per_minute, provider.tokens_per_minute) == (60, 100_000)
    assert provider.display == "In house (https://llm.house.example/v1)"


def test_some_keys_of_a_known_model(load):
    model = load("[models.glm-5]\nprice_output = 2.5\n").models["glm-5"]
    assert (model.title, model.price_output, model.provider) == ("GLM-5", 2.5, "global-api")


def test_some_keys_of_a_known_provider(load):
    provider = load("[providers.global-api]\nconcurrency = 2\n").providers["global-api"]
    assert (provider.concurrency, provider.api_key_env) == (2, "GLOBAL_API_KEY")


def test_the_embedded_model_can_be_told_to_say_less(load):
    model = load("[models.smollm2-135m]\nmax_tokens = 64\n").models["smollm2-135m"]
    assert (model.max_tokens, model.embedded) == (64, True)


def test_options_and_their_places(load, tmp_path):
    registry = load("# ours\nsamples = 5\n\npass_mark = 0\n")
    assert registry.options == {"samples": 5, "pass_mark": 0}
    assert registry.places == {
        "samples": f"{tmp_path}/llmbench.toml:2",
        "pass_mark": f"{tmp_path}/llmbench.toml:4",
    }


def test_pyproject_has_a_table_for_us(load):
    registry = load(
        '[project]\nname = "x"\n[tool.other]\nmodels = 3\n[tool.llmbench]\nsamples = 7\n'
        "[tool.llmbench.models.glm-5]\nprice_output = 9\n",
        "pyproject.toml",
    )
    assert registry.options == {"samples": 7}
    assert registry.models["glm-5"].price_output == 9


def test_pyproject_without_our_table_changes_nothing(load):
    assert load('[project]\nname = "x"\n', "pyproject.toml").models == Registry.load().models


def test_our_own_file_comes_first(tmp_path):
    assert find_config(tmp_path) is None
    (tmp_path / "pyproject.toml").touch()
    assert find_config(tmp_path) == tmp_path / "pyproject.toml"
    (tmp_path / "llmbench.toml").touch()
    assert find_config(tmp_path) == tmp_path / "llmbench.toml"


MISTAKES = {
    "sampels = 3": "llmbench.toml:1: unknown key 'sampels'; did you mean 'samples'?",
    "xyz = 3": "llmbench.toml:1: unknown key 'xyz'; known: models, pass_mark, providers, sa",
    "\n\n[models.glm-5]\nprice_ouput = 1": (
        "llmbench.toml:4: unknown key 'price_ouput' in [models.glm-5]; did you mean 'price_output'?"
    ),
    "[models.glm-5]\nembedded = true": "llmbench.toml:2: unknown key 'embedded' in [models.glm-5]; known: ",
    "[models.kimi-k2.5]\nprice_output = 1": (
        "llmbench.toml:1: unknown key '5' in [models.kimi-k2]; an id with a dot in it needs quotes:"
        ' [models."kimi-k2.5"]'
    ),
    "[models.glm-5.extra_bdy]\nx = 1": (
        "llmbench.toml:1: unknown key 'extra_bdy' in [models.glm-5]; did you mean 'extra_body'?"
    ),
    "[providers.openai]\nurl = 'http://a'": "llmbench.toml:2: unknown key 'url' in [providers.openai]; ",
    "[models.new]\ntitle = 'x'": (
        "llmbench.toml:1: [models.new] is new and needs a 'provider', one of: anthropic, global-api, "
    ),
    "[models.new]\nprovider = 'opanai'": (
        "llmbench.toml:2: unknown provider 'opanai'; did you mean 'openai'? A new one is declared by"
        " [providers.opanai]"
    ),
    "[providers.new]\ntitle = 'x'": "llmbench.toml:1: [providers.new] is new and needs a 'base_url'",
    "[providers.new]\nbase_url = 'example.com'": (
        "llmbench.toml:2: base_url in [providers.new]: 'example.com': a URL such as"
    ),
    "[providers.new]\nbase_url = 3": "llmbench.toml:2: base_url in [providers.new] should be a valid string",
    "[models.glm-5]\nprice_output = -1": (
        "llmbench.toml:2: price_output in [models.glm-5] should be greater than or equal to 0"
    ),
    "[models.glm-5]\nprice_output = '1'": (
        "llmbench.toml:2: price_output in [models.glm-5] should be a valid number"
    ),
    "[models.glm-5]\nprice_output = inf": (
        "llmbench.toml:2: price_output in [models.glm-5] should be a finite number"
    ),
    "[models.glm-5]\nmax_tokens = 1.5": "llmbench.toml:2: max_tokens in [models.glm-5] should be a valid",
    "[models.glm-5]\nrouter = 1": "llmbench.toml:2: router in [models.glm-5] should be a valid boolean",
    "[models.glm-5]\nheaders = { a = 1 }": (
        "llmbench.toml:2: headers.a in [models.glm-5] should be a valid string"
    ),
    "[models.glm-5.extra_body]\nwhen = 2026-01-01": "llmbench.toml:2: extra_body.when has no JSON form",
    "[models.glm-5.extra_body]\nn = 3": "llmbench.toml:2: extra_body may not set 'n'",
    "[models.'a,b']\nprovider = 'openai'": "llmbench.toml:1: 'a,b' cannot be an id",
    "[models.all]\nprovider = 'openai'": "llmbench.toml:1: 'all' cannot be an id",
    "models = 3": "llmbench.toml:1: 'models' has to be a table: [models]",
    "[models]\nglm-5 = 3": "llmbench.toml:2: 'glm-5' has to be a table: [models.glm-5]",
    "samples = ": "llmbench.toml:1: not valid TOML: Invalid value",
    "a = 1\n[x\n": "llmbench.toml:2: not valid TOML: ",
    "samples = '''x": "llmbench.toml:1: not valid TOML: ",
    "samples = 1\nsamples = 2": "llmbench.toml:2: not valid TOML: Cannot overwrite a value",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes(told, text):
    assert told(text).startswith(MISTAKES[text])


def test_a_mistake_in_pyproject(told):
    text = '[project]\nname = "x"\n\n[tool.llmbench]\ntemprature = 1\n'
    assert told(text, "pyproject.toml") == (
        "pyproject.toml:5: unknown key 'temprature' in [tool.llmbench]; did you mean 'temperature'?"
    )


def test_our_table_in_pyproject_is_a_table(told):
    assert told("[tool]\nllmbench = 1", "pyproject.toml") == (
        "pyproject.toml: 'tool.llmbench' has to be a table: [tool.llmbench]"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[providers.new]\nbase_url = 'https://me:secret@a/v1'",
        "[providers.openai]\napi_key_env = 'sk-secret'",
        '[providers.openai]\nheaders = { api-key = "secret\\n" }',
        '[models.glm-5]\nheaders = { api-key = "secreté" }',
    ],
)
def test_secrets_are_not_repeated(told, text):
    assert told(text).startswith("llmbench.toml:2: ")
    assert "secret" not in told(text)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file or directory"):
        Registry.load(tmp_path / "none.toml")


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "llmbench.toml"
    path.write_bytes(b"a = '\xff'")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 5"):
        Registry.load(path)


def test_windows_files(told, load):
    assert load("\ufeffsamples = 3\r\n").options == {"samples": 3}
    assert told("\r\n\r\nsampels = 3\r\n").startswith("llmbench.toml:3: ")
