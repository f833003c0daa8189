"""Which models there are, and which a user means."""

from __future__ import annotations

import pytest

from pytest_llmbench.errors import ModelError, UsageError
from pytest_llmbench.models.registry import Registry

TABLE = """
deepseek-v4-flash | DeepSeek V4 Flash | DeepSeek | 0.25 | General w/ strong code
deepseek-coder | DeepSeek Coder | DeepSeek | 0.25 | Code-specialized
qwen3-coder-30b | Qwen3-Coder-30B | Qwen | 0.35 | Code-specialized
deepseek-v4-pro | DeepSeek V4 Pro | DeepSeek | 0.78 | Premium general
deepseek-r1 | DeepSeek-R1 | DeepSeek | 2.50 | Reasoning model
kimi-k2.5 | Kimi K2.5 | Moonshot | 3.00 | Premium general
glm-5 | GLM-5 | Zhipu | 1.92 | Premium general
qwen3-32b | Qwen3-32B | Qwen | 0.28 | General purpose
hunyuan-turbo | Hunyuan-Turbo | Tencent | 0.57 | General purpose
ga-standard | Ga-Standard | GA Routing | 0.20 | Smart routing
"""

LISTED = " (python -m pytest_llmbench models lists all)"

IDS = tuple(line.split(" | ")[0] for line in TABLE.strip().splitlines())


@pytest.fixture(scope="module")
def registry():
    return Registry.load()


def selected(registry, *patterns):
    return tuple(model.id for model in registry.select(patterns))


def test_the_table_of_models(registry):
    rows = [
        f"{m.id} | {m.title} | {m.vendor} | {m.price_output:.2f} | {m.category}"
        for m in registry.select(["all"])
    ]
    assert rows == TABLE.strip().splitlines()


def test_what_the_table_does_not_say(registry):
    models = registry.select(["all"])
    assert {m.provider for m in models} == {"global-api"}
    assert {m.price_input for m in models} == {None}
    assert [m.id for m in models if m.router] == ["ga-standard"]
    assert {m.id: m.max_tokens for m in models if m.max_tokens} == {"deepseek-r1": 16384}


def test_the_provider_of_the_table(registry):
    provider = registry.provider(registry.models["glm-5"])
    assert provider.base_url == "https://global-apis.com/v1"
    assert provider.api_key_env == "GLOBAL_API_KEY"


def test_the_embedded_model(registry):
    (model,) = registry.select(["smollm2-135m"])
    assert model.embedded
    assert (model.title, model.vendor) == ("SmolLM2 135M (embedded)", "Hugging Face")
    assert model.max_tokens == 768
    assert model.price_output is None
    assert registry.missing_keys([model], {}) == ()
    with pytest.raises(ModelError, match="smollm2-135m is not at any server"):
        registry.provider(model)


@pytest.mark.parametrize(
    ("provider", "url", "variable"),
    [
        ("openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        ("ollama", "http://127.0.0.1:11434/v1", None),
        ("lm-studio", "http://127.0.0.1:1234/v1", None),
        ("vllm", "http://127.0.0.1:8000/v1", None),
        ("llama-server", "http://127.0.0.1:8080/v1", None),
    ],
)
def test_other_providers_are_known(registry, provider, url, variable):
    (model,) = registry.select([f"{provider}/org/some-model:free"])
    found = registry.provider(model)
    assert (found.base_url, found.api_key_env) == (url, variable)
    assert model.api_name == "org/some-model:free"
    assert model.id == f"{provider}/org/some-model:free"


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([], ()),
        (["all"], IDS),
        (["*"], IDS),
        (["glm-5,kimi-k2.5", "glm-5"], ("glm-5", "kimi-k2.5")),
        ([" glm-5 , ,kimi-k2.5,"], ("glm-5", "kimi-k2.5")),
        (["deepseek-v?-*"], ("deepseek-v4-flash", "deepseek-v4-pro")),
        (["qwen3-[3c]*"], ("qwen3-coder-30b", "qwen3-32b")),
        (["glm-5", "all"], ("glm-5", *(name for name in IDS if name != "glm-5"))),
        (["smollm2-135m", "deepseek-r1"], ("smollm2-135m", "deepseek-r1")),
    ],
)
def test_selecting(registry, patterns, expected):
    assert selected(registry, *patterns) == expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (
            "deepseek-v4-flsh",
            "unknown model 'deepseek-v4-flsh'; did you mean 'deepseek-v4-flash'?" + LISTED,
        ),
        (
            "GLM-5",
            "unknown model 'GLM-5'; did you mean 'glm-5'?" + LISTED,
        ),
        ("zzz", "unknown model 'zzz'" + LISTED),
        ("nothing-*", "no model matches 'nothing-*'" + LISTED),
        (
            "smol*",
            "no model matches 'smol*'; smollm2-135m has to be named in full" + LISTED,
        ),
        (
            "opnai/gpt-5",
            "unknown provider 'opnai' in 'opnai/gpt-5'; did you mean 'openai'?" + LISTED,
        ),
        ("ollama/", "unknown model 'ollama/'" + LISTED),
        (" , ", "no model is named; python -m pytest_llmbench models lists all"),
    ],
)
def test_unknown_models(registry, pattern, text):
    with pytest.raises(ModelError) as caught:
        registry.select([pattern])
    assert str(caught.value) == text


def test_keys_that_are_missing(registry):
    models = registry.select(["glm-5", "openai/gpt-5", "ollama/qwen3", "smollm2-135m"])
    unset = ": set the environment variable"
    missing = registry.missing_keys(models, {"GLOBAL_API_KEY": "  "})
    assert [str(each) for each in missing] == [
        f"glm-5: no key for Global API (https://global-apis.com/v1){unset} GLOBAL_API_KEY",
        f"openai/gpt-5: no key for OpenAI (https://api.openai.com/v1){unset} OPENAI_API_KEY",
    ]
    assert registry.missing_keys(models, {"GLOBAL_API_KEY": "a", "OPENAI_API_KEY": "b"}) == ()


def test_one_server_for_every_model(registry):
    there = registry.redirected("http://127.0.0.1:9000/v1/", "MY_KEY")
    models = there.select(["glm-5", "anything:else", "smollm2-135m", "openai/gpt-5"])
    assert [m.id for m in models] == ["glm-5", "anything:else", "smollm2-135m", "openai/gpt-5"]
    assert {there.provider(m).base_url for m in models} == {"http://127.0.0.1:9000/v1"}
    assert {there.provider(m).api_key_env for m in models} == {"MY_KEY"}
    assert [m.embedded for m in models] == [False] * 4
    assert (models[0].title, models[0].price_output) == ("GLM-5", 1.92)
    assert [str(each) for each in there.missing_keys(models[:1], {"GLOBAL_API_KEY": "x"})] == [
        "glm-5: no key for http://127.0.0.1:9000/v1: set the environment variable MY_KEY"
    ]


def test_no_providers_key_or_header_goes_to_that_server(tmp_path):
    path = tmp_path / "llmbench.toml"
    path.write_text(
        '[providers.openai]\nheaders = { api-key = "p" }\n'
        '[models.mine]\nprovider = "openai"\nheaders = { x-key = "m" }\nextra_body = { top_k = 3 }\n'
    )
    there = Registry.load(path).redirected("http://127.0.0.1:9000")
    (model,) = there.select(["mine"])
    provider = there.provider(model)
    assert (provider.api_key_env, provider.headers, model.headers) == (None, {}, {})
    assert model.extra_body == {"top_k": 3}
    assert there.missing_keys([model], {}) == ()


def test_all_and_globs_still_mean_the_known_ones_there(registry):
    there = registry.redirected("http://127.0.0.1:9000")
    assert selected(there, "all") == IDS
    assert selected(there, "glm*") == ("glm-5",)
    with pytest.raises(ModelError, match="no model matches"):
        there.select(["nothing-*"])


@pytest.mark.parametrize(
    ("url", "text"),
    [
        (
            "localhost:8080",
            "--llm-base-url: 'localhost:8080': a URL such as http://127.0.0.1:8080/v1 is needed",
        ),
        ("http://", "--llm-base-url: 'http://': a URL such as"),
        ("http://a:b/v1", "--llm-base-url: a URL such as"),
        ("http://a..b/v1", "a URL such as"),
        ("http://[::1/v1", "a URL such as"),
        ("http://my host/v1", "there is a space in it"),
        ("http://a/v1?key=1", "a base URL ends with its path"),
    ],
)
def test_a_bad_base_url(registry, url, text):
    with pytest.raises(UsageError) as caught:
        registry.redirected(url)
    assert text in str(caught.value)


def test_a_password_in_a_base_url_is_refused_and_not_repeated(registry):
    with pytest.raises(UsageError) as caught:
        registry.redirected("https://me:secret@example.com/v1")
    assert "may not hold a user name or password" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_key_in_the_place_of_its_variable_is_refused_and_not_repeated(registry):
    with pytest.raises(UsageError) as caught:
        registry.redirected("https://example.com/v1", "sk-secret")
    assert "--llm-api-key-env: the name of an environment variable is needed" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_whole_address_of_the_endpoint_is_understood(registry):
    there = registry.redirected("https://example.com/v1/chat/completions")
    assert there.provider(there.select(["x"])[0]).base_url == "https://example.com/v1"
