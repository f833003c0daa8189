"""The live line: on a terminal below pytest's progress, elsewhere a plain line, with `-q` nothing."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pyte
import pytest
from chatserver import ChatServer
from doubling import GOOD, fenced

Make = Callable[..., ChatServer]
LINE = re.compile(r"llmbench: \d of 2 judged, \d in flight, \d answered.*")

OFTEN = """
from pytest_llmbench.plugin import live
live.DRAWN_S = 0.2
live.PLAIN_S = 0.2
"""


class Seen(NamedTuple):
    """A terminal's screen at one moment, and where its cursor was."""

    rows: tuple[str, ...]
    x: int
    y: int


@pytest.fixture
def slow(make_server: Make) -> ChatServer:
    """A server of which one model takes its time."""

    def reply(body: dict[str, Any]) -> str:
        time.sleep(1.5 if body["model"] == "b" else 0)
        return fenced(GOOD)

    return make_server(reply)


def arguments(server: ChatServer, *args: str) -> list[str]:
    return ["suite", "--llm-models=a,b", f"--llm-base-url={server.url}", "--llm-samples=1", *args]


def on_a_terminal(folder: Path, args: list[str], height: int, width: int = 90) -> list[Seen]:
    """Run pytest on a terminal, and give what its screen showed after each piece of output."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    environ = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "CI")}
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *args],
        cwd=folder, env={**environ, "TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    screen = pyte.Screen(width, height)
    stream = pyte.ByteStream(screen)
    seen = []
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        stream.feed(piece)
        seen.append(Seen(tuple(row.rstrip() for row in screen.display), screen.cursor.x, screen.cursor.y))
    os.close(ours)
    assert process.wait() == 0, seen[-1].rows
    return seen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("height", "workers"), [(9, ()), (50, ()), (9, ("-n", "2"))], ids=["bottom", "middle", "workers"]
)
def test_on_a_terminal_it_stands_below_the_progress(
    pytester: pytest.Pytester, suite: Path, slow: ChatServer, height: int, workers: tuple[str, ...]
) -> None:
    pytester.makeconftest(OFTEN)
    seen = on_a_terminal(pytester.path, arguments(slow, *workers), height)
    with_line = [one for one in seen if any("llmbench: " in row for row in one.rows)]
    assert with_line
    for one in with_line:
        assert [place for place, row in enumerate(one.rows) if "llmbench: " in row] == [one.y + 1]
        assert LINE.fullmatch(one.rows[one.y + 1])
        assert one.x == len(one.rows[one.y]) + one.rows[one.y].endswith(".py")
        assert not any(one.rows[one.y + 2 :])
    assert not any("llmbench: " in row for row in seen[-1].rows)
    progress = re.compile((r"" if workers else r"suite/double/test_double\.py ") + r"\.\. +\[100%\]")
    assert any(progress.fullmatch(row) for one in seen for row in one.rows)


@pytest.mark.slow
def test_on_a_terminal_beside_verbose_progress(
    pytester: pytest.Pytester, suite: Path, slow: ChatServer
) -> None:
    pytester.makeconftest(OFTEN)
    seen = on_a_terminal(pytester.path, arguments(slow, "-v"), 60)
    assert any("llmbench: " in row for one in seen for row in one.rows)
    rows = [row for row in seen[-1].rows if "::" in row or "llmbench: " in row]
    ends = [r"::test_double\[a\] PASSED +\[ 50%\]", r"::test_double\[b\] PASSED +\[100%\]"]
    assert len(rows) == 2
    assert all(re.search(end, row) for end, row in zip(ends, rows, strict=True))


def lines_of(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "llmbench: " in line]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_elsewhere_it_is_a_line_of_its_own(
    pytester: pytest.Pytester, suite: Path, slow: ChatServer, workers: tuple[str, ...]
) -> None:
    pytester.makeconftest(OFTEN)
    result = pytester.runpytest_subprocess(*arguments(slow, "-s", *workers))
    result.assert_outcomes(passed=2)
    lines = lines_of(result)
    assert len(lines) > 2
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert "\x1b" not in result.stdout.str()
    judged = [int(line.split()[1]) for line in lines]
    assert judged == sorted(judged)


def test_nothing_is_said_where_nobody_wants_it(
    pytester: pytest.Pytester, suite: Path, slow: ChatServer
) -> None:
    pytester.makeconftest(OFTEN)
    result = pytester.runpytest(*arguments(slow, "-q"))
    assert lines_of(result) == []
    assert result.ret == 0
    (pytester.path / "conftest.py").unlink()
    assert lines_of(pytester.runpytest(*arguments(slow))) == [], "not before 30 s"
