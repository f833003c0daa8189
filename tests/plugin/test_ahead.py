"""Work for the report is done while answers are awaited, a piece at a time, and is never missed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from asking import ask, html, told
from chatserver import ChatServer
from doubling import GOOD, TASK

from pytest_llmbench.plugin.ahead import Ahead
from pytest_llmbench.report.blocks import AnswerBlocks
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.page.rows import ResultRow

KEY = ("suite", "double")


class Clock:
    at = 100.0

    def __call__(self) -> float:
        return self.at


def test_the_first_requests_of_a_run_go_before_it(tmp_path: Path) -> None:
    clock = Clock()
    work = Ahead(tmp_path, clock)
    work.expect([KEY], 1000)
    assert work.work()
    assert work.blocks is None
    clock.at += 0.3
    assert not work.work()
    assert work.blocks is not None
    assert not work.work()


def test_a_small_run_draws_nothing_before_its_end(tmp_path: Path) -> None:
    clock, asked = Clock(), []
    work = Ahead(tmp_path, clock)
    work.expect([KEY, KEY], 3)
    for _ in range(2):
        work.came(KEY, partial(asked.append, 1))  # type: ignore[arg-type]
    clock.at += 1
    assert work.work()
    assert not work.work()
    assert (work.blocks, asked) == (None, [])


def test_a_piece_that_fails_keeps_none_from_being_done(tmp_path: Path) -> None:
    clock, asked = Clock(), []

    def document() -> Any:
        asked.append(len(asked))
        raise OSError("the disk is full")

    work = Ahead(tmp_path, clock)
    work.expect([KEY, ("suite", "other")], 1000)
    work.came(KEY, document)
    work.came(("suite", "other"), document)
    clock.at += 1
    assert [work.work() for _ in range(4)] == [True, True, False, False]
    assert asked == [0, 1]


@pytest.mark.usefixtures("suite")
def test_a_large_run_draws_a_task_while_another_is_awaited(
    pytester: pytest.Pytester, make_server: Callable[..., ChatServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    second = Path("suite/second/solutions")
    second.mkdir(parents=True)
    (second / "reference.py").write_text(GOOD)
    task = TASK.replace("test_double", "test_second").replace("in Python", "a second time")
    (second.parent / "test_second.py").write_text(task)
    seen: list[str] = []
    first_is_drawn = Event()
    ahead_of_the_page, anew = AnswerBlocks.draw_ahead, AnswerBlocks._draw

    def draw_ahead(self: AnswerBlocks, document: RunDocument) -> None:
        seen.extend(task.id for task in document.tasks)
        ahead_of_the_page(self, document)
        first_is_drawn.set()

    def draw(self: AnswerBlocks, rows: Sequence[ResultRow]) -> str:
        seen.append("drawn")
        return anew(self, rows)

    def reply(body: dict[str, Any]) -> str:
        if "a second time" in body["messages"][-1]["content"]:
            first_is_drawn.wait(20)
        return "I would rather not."

    monkeypatch.setattr(AnswerBlocks, "draw_ahead", draw_ahead)
    monkeypatch.setattr(AnswerBlocks, "_draw", draw)
    result = ask(
        pytester, make_server(reply), "--llm-samples=160", "--llm-concurrency=320", "--llm-pass-mark=0"
    )
    told(result)
    result.assert_outcomes(passed=2)
    assert seen == ["double", "drawn", "drawn"]
    assert len(re.findall(r'id="block-\d"', html(pytester))) == 2
