"""A small task of its own folder, and a provider on loopback, for tests of the plugin.

A test folder takes them over by an import in its conftest.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from chatserver import ChatServer, Reply
from doubling import FAULTY, GOOD, TASK

ALONE = " ".join(f"-p no:{name}" for name in ("randomly", "hypothesispytest", "rerunfailures", "anyio"))
"""Options that leave out plugins which are here for single tests: half of what it costs to start pytest."""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Path:
    """A suite of one task, with one reference and one faulty solution."""
    pytester.makeini(f"[pytest]\nasyncio_default_fixture_loop_scope = function\naddopts = {ALONE}\n")
    folder = pytester.mkdir("suite") / "double"
    (folder / "solutions").mkdir(parents=True)
    (folder / "test_double.py").write_text(TASK)
    (folder / "solutions" / "reference.py").write_text(GOOD)
    (folder / "solutions" / "faulty_plus.py").write_text(FAULTY)
    return folder


@pytest.fixture
def make_server() -> Iterator[Callable[..., ChatServer]]:
    """Start servers; all are closed at the end."""
    started: list[ChatServer] = []

    def make(reply: Reply | str, **more: Any) -> ChatServer:
        server = ChatServer(reply if callable(reply) else (lambda _: reply), **more)
        started.append(server)
        return server

    yield make
    for server in started:
        server.close()


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the keys of whoever runs the tests out of them."""
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


@pytest.fixture
def write(pytester: pytest.Pytester) -> Callable[[str, str], Path]:
    """Write a file below the test's folder."""

    def write_file(name: str, text: str) -> Path:
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
        return path

    return write_file
