"""A model's text and a user's key, seen from everything that a run writes: terminal, XML, JSON, HTML, logs.

The parts have tests of their own (`tests/report`, `tests/completions`); here is one run of all of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from chatserver import ChatServer, completion
from projects import make_server, no_keys, suite

from pytest_llmbench.errors import SandboxUnavailable, TaskError
from pytest_llmbench.sandbox.base import Sandbox

__all__ = ["make_server", "no_keys", "suite"]

KEY = "sk-Very/Secret+0123456789abcdef"
ESCAPE, OVERRIDE = "\x1b[31m\x1b]0;owned\x07\x9b2J", "\u202etxt.exe\u2066"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>]]>--><!--"
HOSTILE = f"{ESCAPE}{OVERRIDE}{MARKUP}\x00\x08\ud800"
CODE = f'''
def double(number):
    """{OVERRIDE} {MARKUP}"""
    print({ESCAPE + OVERRIDE!r}, {KEY!r})
    raise ValueError({HOSTILE!r})
'''


def reply(body: dict[str, Any]) -> tuple[int, Any]:
    text = f"{HOSTILE} {KEY}\n\n```python{ESCAPE}\n{CODE}```\n\n```../../../etc/cron.d/x\n{KEY}\n```\n"
    # As JSON writes it: half a character is none in UTF-8.
    return 200, json.dumps(completion(HOSTILE + body["model"], text)).encode()


def controls(text: str) -> set[str]:
    bad = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2066", "\ud800"}
    return bad.intersection(text) - {"\n", "\t"}


def test_nothing_obeys_a_models_text_and_no_key_is_written(
    pytester: pytest.Pytester,
    suite: Path,
    make_server: Callable[..., ChatServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    server = make_server(reply)
    result = pytester.runpytest_subprocess(
        "suite",
        "--llm-models=a",
        "--llm-samples=1",
        f"--llm-base-url={server.url}",
        "--llm-api-key-env=MY_KEY",
        "--llm-json=out.json",
        "--junitxml=out.xml",
        "--log-file=out.log",
        "--log-file-level=DEBUG",
        "-rA",
        "-vv",
        "--showlocals",
        "--color=no",
    )
    result.assert_outcomes(failed=1)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    printed = result.stdout.str() + result.stderr.str()
    assert "ValueError" in printed
    assert controls(printed) == set()
    written = {path: path.read_bytes() for path in pytester.path.rglob("*") if path.is_file()}
    names = {path.name for path in written}
    assert {"out.json", "out.xml", "out.log", "llmbench-report.html"} <= names
    for path, content in written.items():
        assert KEY.encode() not in content, path
        assert KEY.replace("/", "\\/").encode() not in content, path
    assert KEY not in printed
    page = (pytester.path / "llmbench-report.html").read_text()
    assert "<script>alert" not in page
    assert "onerror=alert(2)>" not in page
    assert controls(page) <= {"\r"}
    root = ET.parse(pytester.path / "out.xml").getroot()
    assert "ValueError" in "".join(root.itertext())
    assert controls("".join(root.itertext())) == set()
    document = json.loads((pytester.path / "out.json").read_text())
    assert document["results"][0]["samples"][0]["status"] == "scored"
    assert not {"cron.d", "x"} & {path.name for path in pytester.path.rglob("*")}


def test_a_level_that_is_too_narrow_for_a_task_is_nobodys_fault(any_sandbox: Sandbox) -> None:
    from grading import make_task

    from pytest_llmbench.bench.languages import Languages
    from pytest_llmbench.sandbox.landlock.level import Landlock

    narrow = Landlock(None)
    languages = Languages(os.environ)
    with pytest.raises(SandboxUnavailable, match=r"add_up needs a network .* landlock cannot give"):
        languages.launcher(narrow, make_task("python", 1).model_copy(update={"loopback": True}))
    with pytest.raises(SandboxUnavailable, match="Go answers need folders"):
        languages.launcher(narrow, make_task("go", 1))
    assert languages.launcher(narrow, make_task("python", 1)) is not None
    assert not issubclass(SandboxUnavailable, TaskError)
