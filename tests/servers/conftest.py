"""Three servers that others wrote: a mock from PyPI, a gateway from npm, and llama.cpp's own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from doubling import GOOD, WRONG, fenced
from otherservers import free_port, installed_from_pypi, running
from projects import make_server, no_keys, suite, write

from pytest_llmbench.toolchains.cache import user_cache
from pytest_llmbench.toolchains.node import find_node
from pytest_llmbench.toolchains.npm import NodePackages

__all__ = ["make_server", "no_keys", "suite", "write"]

HERE = Path(__file__).parent

RULES = [
    {"name": "key", "when": {"model_matches": "locked"}, "respond": {"status": 401, "error": "wrong key"}},
    {"name": "busy", "when": {"model_matches": "busy"}, "respond": {"status": 503, "error": "overloaded"}},
    {"name": "wrong", "when": {"model_matches": "junior"}, "respond": {"content": fenced(WRONG)}},
    {"name": "good", "when": {"messages_contain": "double"}, "respond": {"content": fenced(GOOD)}},
]


@pytest.fixture(scope="session")
def environ() -> dict[str, str]:
    """The environment as it is before a test gives itself another home folder."""
    return dict(os.environ)


@pytest.fixture(scope="session")
def fakellm_folder(environ: dict[str, str]) -> Path:
    return installed_from_pypi(HERE / "fakellm.txt", environ)


@pytest.fixture
def fakellm(fakellm_folder: Path, environ: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The mock server's base URL. Its rules are JSON, which is YAML too."""
    (tmp_path / "rules.yaml").write_text(json.dumps({"version": 1, "rules": RULES}))
    port = free_port()
    start = "from fakellm.cli import main; main()"
    command = [sys.executable, "-B", "-c", start, "serve", f"--port={port}", "--config=rules.yaml"]
    with running(command, {**environ, "PYTHONPATH": str(fakellm_folder)}, tmp_path, port):
        yield f"http://127.0.0.1:{port}/v1"


@pytest.fixture(scope="session")
def gateway_folder(environ: dict[str, str]) -> Path:
    return NodePackages(find_node(), user_cache(environ) / "tests", environ, HERE / "gateway").install()


@pytest.fixture
def gateway(gateway_folder: Path, environ: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The gateway's base URL; where it passes requests on to is said by their headers."""
    port = free_port()
    start = gateway_folder / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    command = [str(find_node().binary), str(start), "--headless", f"--port={port}"]
    with running(command, environ, tmp_path, port):
        yield f"http://127.0.0.1:{port}/v1"
