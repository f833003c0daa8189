"""An answer that crashes, hangs or babbles costs its own checks: never those of others, never the run."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.errors import CandidateTimeout
from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.host import Host, Source
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.scoring.judge import Evaluation, Judge
from pytest_llmbench.scoring.living import MAX_DEATHS
from pytest_llmbench.tasks.task import Task

CHECKS = 6


def make_task(timeout_s: float = 10) -> Task:
    async def body(candidate: Any, score: Any) -> None:
        for number in range(CHECKS):
            with score.correctness(str(number)):
                assert await candidate.call("f", number, timeout=timeout_s) == number

    return Task(
        id="f", title="f", language="python", suite="hostile", prompt="f", body=body, path=Path(__file__)
    )


def judge(sandbox: Sandbox, code: str, timeout_s: float = 10) -> Evaluation:
    one = Judge(launcher=lambda _: PythonLauncher(sandbox, Limits()), analyzer=lambda _: None)
    return asyncio.run(one.judge(make_task(timeout_s), Answer(code=code, found="given")))


def passed(evaluation: Evaluation) -> list[int]:
    assert evaluation.scorecard.status == "scored"
    return [int(check.label) for check in evaluation.scorecard.checks if check.passed]


def test_a_crash_costs_its_check_and_the_next_gets_a_fresh_sandbox(any_sandbox: Sandbox) -> None:
    code = """
import os
calls = []
def f(n):
    calls.append(n)
    open("note", "x").close() if len(calls) == 1 else None
    if n == 2:
        os._exit(0)
    return n if len(calls) <= 3 else "state"
"""
    assert passed(judge(any_sandbox, code)) == [0, 1, 3, 4, 5]


def test_after_three_deaths_the_rest_fail_without_waiting(any_sandbox: Sandbox) -> None:
    started = time.monotonic()
    evaluation = judge(any_sandbox, "import time\ndef f(n): time.sleep(60)", timeout_s=0.3)
    assert passed(evaluation) == []
    assert time.monotonic() - started < 30
    messages = [check.message or "" for check in evaluation.scorecard.checks]
    assert [("not tried" in message) for message in messages] == [False] * MAX_DEATHS + [True] * 3
    assert evaluation.timed_out


def test_replies_that_nobody_asked_for_fail_the_check_after_them(any_sandbox: Sandbox) -> None:
    code = """
import os
sent = []
def f(n):
    if n == 1:
        text = '["ok","guess",2,[2],null]'
        os.write(4, len(text).to_bytes(4, "big") + text.encode())
    return n
"""
    assert passed(judge(any_sandbox, code)) == [0, 2, 3, 4, 5]


class LateAtFirst(PythonLauncher):
    """Its hosts are late until so many have been loaded, as on a machine that is too busy."""

    def __init__(self, sandbox: Sandbox, late: int) -> None:
        super().__init__(sandbox, Limits())
        self.late = late
        self.loads = 0

    async def load(self, source: Source) -> Any:
        self.loads += 1
        host: Host = await super().load(source)
        if self.loads <= self.late:
            await host.close()
            raise CandidateTimeout("no reply within 10 s")
        return host


def twice(sandbox: Sandbox, late: int) -> tuple[Evaluation, int]:
    async def chosen() -> Sandbox:
        return sandbox

    launcher = LateAtFirst(sandbox, late)
    side = JudgingSide(
        choose_sandbox=chosen,
        make_judge=lambda _: Judge(launcher=lambda _: launcher, analyzer=lambda _: None),
        slots=2,
    )
    side.open()
    try:
        answer = Answer(code="def f(n): return n", found="given")
        found = side.loop.submit(side._twice_if_late(make_task(), answer, None, None)).result(60)
    finally:
        side.close()
    return found, launcher.loads


def test_a_time_out_is_confirmed_once_alone(any_sandbox: Sandbox) -> None:
    evaluation, loads = twice(any_sandbox, late=1)
    assert (passed(evaluation), loads) == (list(range(CHECKS)), 2)
    evaluation, loads = twice(any_sandbox, late=5)
    assert (passed(evaluation), loads) == ([], 2)
    evaluation, loads = twice(any_sandbox, late=0)
    assert (passed(evaluation), loads) == (list(range(CHECKS)), 1)
