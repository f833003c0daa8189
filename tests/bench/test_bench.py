"""The pipeline without pytest: results come back, blocked loops are named, nothing is judged unproved."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any, Self

import pytest
from doubling import GOOD, WRONG, fenced

from pytest_llmbench.bench.bench import Bench, Job
from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.bench.slots import Slots
from pytest_llmbench.bench.trials import Sampling, Selected, make_trials
from pytest_llmbench.bench.waiting import BlockedLoopError
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.errors import SandboxError
from pytest_llmbench.models.model import Model, Provider
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.scoring.analyzers.ruff import Lint
from pytest_llmbench.scoring.analyzers.ty import Ty
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.tasks.task import Task

PROVIDER = Provider(id="here", base_url="http://127.0.0.1:1/v1")


class Canned:
    """A caller whose replies are given; it makes no request."""

    def __init__(self, reply: Callable[[Trial], Completion | ApiFailure]) -> None:
        self.reply = reply
        self.asked: list[Trial] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def complete(self, trial: Trial) -> Completion | ApiFailure:
        self.asked.append(trial)
        await asyncio.sleep(0)
        return self.reply(trial)


async def check_doubling(candidate: Any, score: Any) -> None:
    with score.correctness("doubles seven"):
        assert await candidate.call("double", 7) == 14


async def block(candidate: Any, score: Any) -> None:
    time.sleep(3)  # noqa: ASYNC251 - that it blocks is the point


def a_task(body: Any = check_doubling, reference: str = GOOD) -> Task:
    solution = Solution(name="reference", kind="reference", path=Path("reference.py"), text=reference)
    return Task(
        id="double",
        title="Double",
        language="python",
        suite="here",
        prompt="Write double.",
        body=body,
        path=Path(__file__),
        names=("double",),
        solutions=(solution,),
    )


def trials_of(task: Task, samples: int = 3) -> tuple[Trial, ...]:
    chosen = Selected(model=Model(id="m", provider="here"), provider=PROVIDER)
    return make_trials(task, chosen, Sampling(samples=samples))


@pytest.fixture
def make_bench() -> Iterator[Callable[..., Bench]]:
    opened: list[Bench] = []

    def make(caller: Canned | None = None, **more: float) -> Bench:
        judging = JudgingSide(
            choose_sandbox=lambda: choose_sandbox(allow_unsafe=False, environ=os.environ),
            make_judge=Languages(os.environ).judge,
        )
        bench = Bench(judging, (lambda: caller) if caller else None, **more)
        opened.append(bench)
        bench.open()
        return bench

    yield make
    for bench in opened:
        bench.close()


def test_replies_are_judged(make_bench: Callable[..., Bench]) -> None:
    texts = [fenced(GOOD), fenced(WRONG), "I would rather not."]
    bench = make_bench(Canned(lambda trial: Completion(text=texts[trial.index])))
    task = a_task()
    bench.schedule([Job(task, trials_of(task))])
    outcomes = bench.outcomes(trials_of(task))
    assert [o.scorecard.status for o in outcomes] == ["scored", "scored", "no_code"]
    assert outcomes[0].scorecard.total == pytest.approx(10, abs=1)
    assert outcomes[1].scorecard.axes.correctness == 1
    assert [c.label for c in outcomes[2].scorecard.checks] == ["doubles seven"]


def test_an_answer_that_brings_a_tool_down_has_no_score_and_costs_the_others_none(
    make_bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Ty._check_all

    async def frail(self: Ty, codes: Sequence[str]) -> list[tuple[Lint, ...]]:
        if any("too much for ty" in code for code in codes):
            raise SandboxError("ty failed with exit code -11: ")
        return await whole(self, codes)

    monkeypatch.setattr(Ty, "_check_all", frail)
    texts = [fenced(GOOD), fenced(f"{GOOD}\n# too much for ty\n"), fenced(WRONG)]
    bench = make_bench(Canned(lambda trial: Completion(text=texts[trial.index])))
    task = a_task()
    bench.schedule([Job(task, trials_of(task))])
    cards = [outcome.scorecard for outcome in bench.outcomes(trials_of(task))]
    assert [card.status for card in cards] == ["scored", "sandbox_error", "scored"]
    assert (cards[1].total, cards[1].error) == (None, "ty failed with exit code -11: ")
    assert [check.passed for check in cards[1].checks] == [True]


def test_a_failure_of_the_api_is_nobody_s_score(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(Canned(lambda _: ApiFailure(kind="server", message="it is down", status_code=503)))
    task = a_task()
    bench.schedule([Job(task, trials_of(task, 1))])
    (outcome,) = bench.outcomes(trials_of(task, 1))
    assert (outcome.scorecard.status, outcome.scorecard.total) == ("api_error", None)
    assert outcome.scorecard.error == "it is down"


def test_nothing_is_asked_before_the_proof_holds(make_bench: Callable[..., Bench]) -> None:
    caller = Canned(lambda _: Completion(text=fenced(GOOD)))
    bench = make_bench(caller)
    task = a_task(reference=WRONG)
    bench.schedule([Job(task, trials_of(task))])
    assert {o.scorecard.status for o in bench.outcomes(trials_of(task))} == {"task_error"}
    assert caller.asked == []


def test_a_trial_is_run_once(make_bench: Callable[..., Bench]) -> None:
    caller = Canned(lambda _: Completion(text=fenced(GOOD)))
    bench = make_bench(caller)
    task = a_task()
    for _ in range(3):
        bench.schedule([Job(task, trials_of(task))])
    bench.outcomes(trials_of(task))
    assert [trial.index for trial in caller.asked] == [0, 1, 2]


def test_a_body_that_blocks_is_named(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(stall_s=0.5)
    with pytest.raises(BlockedLoopError, match=r"block at .*test_bench\.py:\d+ does not give way"):
        bench.proof(a_task(body=block))


def test_a_bug_of_ours_reaches_whoever_waits(make_bench: Callable[..., Bench]) -> None:
    def bug(trial: Trial) -> Completion:
        raise ZeroDivisionError

    bench = make_bench(Canned(bug))
    task = a_task()
    bench.schedule([Job(task, trials_of(task, 1))])
    with pytest.raises(ZeroDivisionError):
        bench.outcomes(trials_of(task, 1))


def test_other_work_is_done_while_nothing_comes(make_bench: Callable[..., Bench]) -> None:
    done: list[int] = []

    def reply(trial: Trial) -> Completion:
        while len(done) < 3:
            time.sleep(0.001)
        return Completion(text="I would rather not.")

    def work() -> bool:
        done.append(len(done))
        return True

    bench = make_bench(Canned(reply))
    task = a_task()
    bench.schedule([Job(task, trials_of(task, 1))])
    (outcome,) = bench.outcomes(trials_of(task, 1), work)
    assert outcome.scorecard.status == "no_code"
    assert len(done) >= 3


def test_nothing_comes_of_a_closed_bench(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(Canned(lambda _: Completion(text="I would rather not.")))
    task = a_task()
    bench.schedule([Job(task, trials_of(task, 1))])
    bench.outcomes(trials_of(task, 1))
    bench.close()
    with pytest.raises(CancelledError):
        bench.outcomes(trials_of(task, 1))


def test_samples_differ_by_index_alone() -> None:
    first, second = trials_of(a_task(), 2)
    assert first.key != second.key
    copied = first.model_copy(update={"index": 1})
    assert (copied, copied.key) == (second, second.key)


@pytest.mark.asyncio
async def test_alone_means_that_nothing_else_runs() -> None:
    slots, running, seen = Slots(3), 0, []

    async def one() -> None:
        nonlocal running
        async with slots.one():
            running += 1
            await asyncio.sleep(0.001)
            running -= 1

    async def beside() -> None:
        nonlocal running
        async with slots.beside():
            running += 1
            await asyncio.sleep(0.001)
            running -= 1
        await one()

    async def alone() -> None:
        async with slots.alone():
            seen.append(running)
            await asyncio.sleep(0.001)
            seen.append(running)

    some = [one, beside] * 50
    await asyncio.gather(*(work() for work in (*some, alone, *some, alone)))
    assert seen == [0, 0, 0, 0]
