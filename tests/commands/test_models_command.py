"""`python -m pytest_llmbench models`, and `--check` against servers on loopback."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chatserver import ChatServer

from pytest_llmbench.commands.models import list_models

Make = Callable[..., ChatServer]
Write = Callable[[str, str], Path]

KEY = "sk-very-secret-0123456789"
PAGE = b"<!doctype html><title>Welcome</title>"


def listed(*ids: str) -> tuple[int, dict[str, Any]]:
    return 200, {"object": "list", "data": [{"id": name, "object": "model"} for name in ids]}


def command(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.run(sys.executable, "-m", "pytest_llmbench", "models", *args)


def test_the_table(
    pytester: pytest.Pytester, write: Write, no_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOBAL_API_KEY", KEY)
    write("llmbench.toml", '[models."o:1"]\nprovider = "openai"\ntitle = "Ours"\nprice_output = 1.5\n')
    result = command(pytester)
    assert result.ret == 0
    head, *rows = result.outlines
    assert head.split() == ["id", "title", "vendor", "output", "$/M", "category", "provider", "key"]
    assert len(rows) == 12
    (r1,) = [row for row in rows if row.startswith("deepseek-r1 ")]
    assert " ".join(r1.split()) == (
        "deepseek-r1 DeepSeek-R1 DeepSeek 2.50 Reasoning model global-api GLOBAL_API_KEY is set"
    )
    assert "o:1" in rows[-1]
    assert " ".join(rows[-1].split()) == "o:1 Ours 1.50 openai OPENAI_API_KEY is not set"
    (embedded,) = [row for row in rows if row.startswith("smollm2-135m ")]
    assert embedded.endswith("on this machine  not needed")
    assert KEY not in result.stdout.str()


def test_a_mistake_in_the_file(pytester: pytest.Pytester, write: Write) -> None:
    path = write("llmbench.toml", "[modls.x]\n")
    result = command(pytester)
    assert result.ret == 4
    assert result.errlines == [f"ERROR: {path}:1: unknown key 'modls'; did you mean 'models'?"]
    assert result.outlines == []


def test_an_unknown_argument(pytester: pytest.Pytester) -> None:
    result = command(pytester, "--chek")
    assert result.ret == 4
    assert result.errlines[-1] == "ERROR: unrecognized arguments: --chek"


def check(folder: Path, server: ChatServer | str, **more: Any) -> tuple[int, list[str], str]:
    """Ask one server of ours, and have the known ones elsewhere left unasked for want of a key.

    Returns:
        The exit code, all lines, and the one about our server.
    """
    url = server if isinstance(server, str) else server.url
    folder.joinpath("llmbench.toml").write_text(
        f"""
        providers.house = {{ base_url = "{url}", api_key_env = "HOUSE_KEY" }}
        providers.ollama.base_url = "http://127.0.0.1:9/v1"
        providers.lm-studio.base_url = "http://127.0.0.1:9/v1"
        providers.vllm.base_url = "http://127.0.0.1:9/v1"
        providers.llama-server.base_url = "http://127.0.0.1:9/v1"
        models.one.provider = "house"
        models.two = {{ provider = "house", name = "org/two" }}
        """
    )
    lines: list[str] = []
    environ = {"HOUSE_KEY": KEY}
    code = list_models(folder, environ, check=True, say=lines.append, **more)
    assert KEY not in "\n".join(lines)
    (ours,) = [line for line in lines if line.startswith("house: ")]
    return code, lines, ours.removeprefix("house: ").replace(url, "URL")


def test_the_list_has_all(tmp_path: Path, make_server: Make) -> None:
    server = make_server("", listing=listed("one", "org/two", "three"))
    code, lines, ours = check(tmp_path, server)
    assert ours == "3 models"
    assert server.paths == ["/v1/models"]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "global-api: not asked: GLOBAL_API_KEY is not set" in lines
    assert "ollama: http://127.0.0.1:9/v1 refused the connection; is it running?" in lines
    assert code == 1, "global-api has models of the registry, and could not be asked"


def test_a_model_is_not_in_the_list(tmp_path: Path, make_server: Make) -> None:
    assert check(tmp_path, make_server("", listing=listed("one")))[2] == "1 model; not among them: two"


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ((401, {"error": {"message": f"wrong key {KEY}"}}), "URL answered 401 Unauthorized"),
        ((404, {"detail": "Not Found"}), "URL answered 404 Not Found"),
        ((302, b""), "URL answered 302 Found"),
        ((200, PAGE), "URL answered, but not with a list of models: <!doctype html><title>Welcome</title>"),
        ((200, {"models": []}), 'URL answered, but not with a list of models: {"models": []}'),
        ((200, b"\x1b[31mred"), "URL answered, but not with a list of models: \u241b[31mred"),
    ],
    ids=["401", "404", "redirect", "web page", "another API", "controls"],
)  # fmt: skip
def test_it_answers_with_something_else(
    tmp_path: Path, make_server: Make, listing: tuple[int, Any], said: str
) -> None:
    code, _, ours = check(tmp_path, make_server("", listing=listing))
    assert (code, ours) == (1, said)


def test_it_repeats_the_key(tmp_path: Path, make_server: Make) -> None:
    """The key is nowhere in what is printed, although the server says it; `check` sees to that."""
    code, _, ours = check(tmp_path, make_server("", listing=(200, {"you sent": KEY})))
    assert (code, "not with a list of models" in ours) == (1, True)


def test_it_refuses_the_connection(tmp_path: Path) -> None:
    code, _, ours = check(tmp_path, "http://127.0.0.1:9/v1")
    assert (code, ours) == (1, "URL refused the connection; is it running?")


def test_it_is_slow(tmp_path: Path, make_server: Make) -> None:
    over = threading.Event()
    server = make_server("", listing=lambda: listed(str(over.wait(30))))
    code, _, ours = check(tmp_path, server, timeout_s=0.3)
    over.set()
    assert (code, ours) == (1, "URL was silent for 0.3 s")
