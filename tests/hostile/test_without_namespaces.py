"""A whole run where namespaces are forbidden, as in Docker with its defaults: the level says its name."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chatserver import ChatServer
from doubling import GOOD, WRONG, fenced
from other_users import becoming, needs_root
from projects import make_server, no_keys, suite

__all__ = ["make_server", "no_keys", "suite"]


@needs_root
def test_a_run_goes_on_with_landlock_and_says_so(
    pytester: pytest.Pytester, suite: Path, make_server: Callable[..., ChatServer], tmp_path: Path
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    server = make_server(lambda body: fenced(GOOD if body["model"] == "a" else WRONG))
    result = pytester.run(
        *becoming(None, str(aside)),
        *("setpriv", "--bounding-set=-sys_admin", sys.executable, "-B", "-m", "pytest", "suite"),
        *("--llm-models=a,b", f"--llm-base-url={server.url}", "--llm-samples=1", "--llm-json=out.json"),
    )
    result.assert_outcomes(passed=1, failed=1)
    document = json.loads((pytester.path / "out.json").read_text())
    assert document["run"]["sandbox"] == "landlock"
    scores = {found["model"]: found["score"] for found in document["results"]}
    assert scores["a"] > 9
    assert scores["b"] < scores["a"] - 3
    assert "sandbox landlock" in result.stdout.str()
