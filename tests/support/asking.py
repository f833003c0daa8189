"""Runs pytest on the small project, with models at a loopback server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chatserver import ChatServer

REFUSED = "http://127.0.0.1:9/v1"
"""An address at which nothing listens: the port of a service that is long gone."""


def ask(
    pytester: pytest.Pytester, server: ChatServer | str, *args: str, models: str = "a"
) -> pytest.RunResult:
    """Ask models, one sample each, and write `out.json`."""
    url = server if isinstance(server, str) else server.url
    return pytester.runpytest(
        "suite",
        f"--llm-models={models}",
        f"--llm-base-url={url}",
        "--llm-samples=1",
        "--llm-json=out.json",
        *args,
    )


def document(pytester: pytest.Pytester, name: str = "out.json") -> dict[str, Any]:
    """Read the JSON file of a run."""
    found: dict[str, Any] = json.loads(Path(pytester.path, name).read_text())
    return found


def html(pytester: pytest.Pytester) -> str:
    """Read the HTML report of a run."""
    return Path(pytester.path, "llmbench-report.html").read_text()


def told(result: pytest.RunResult) -> str:
    """Everything that a run printed, which holds no traceback of Python's and no internal error."""
    text = result.stdout.str() + result.stderr.str()
    assert "Traceback" not in text
    assert "INTERNALERROR" not in text
    return text
