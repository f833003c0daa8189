from __future__ import annotations

import asyncio

import pytest
from memoryhost import MemoryLauncher

from pytest_llmbench.answers.answer import Answer, Block
from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
from pytest_llmbench.scoring.candidate import Candidate
from pytest_llmbench.scoring.living import MAX_DEATHS
from pytest_llmbench.tasks.task import TaskLimits

pytestmark = pytest.mark.asyncio

CODE = """
calls = []
def echo(x):
    calls.append(x)
    return x
def seen(): return list(calls)
def fail(): raise ValueError("no")
def die(): raise SystemExit
def hang(): raise TimeoutError
printed = "hello "
"""


def candidate(code=CODE, launcher=None, **answer):
    return Candidate(
        launcher or MemoryLauncher(),
        Answer(code=code, found="given", **answer),
        harness=None,
        limits=TaskLimits(call_timeout_s=3),
        completion=None,
        language="python",
    )


async def test_no_process_before_the_first_call_and_one_for_all():
    launcher = MemoryLauncher()
    one = candidate(launcher=launcher)
    assert launcher.hosts == []
    assert await one.call("echo", 1) == 1
    assert await one.call("seen") == [1]
    assert len(launcher.hosts) == 1


async def test_observing_tells_what_became_of_the_arguments():
    seen = await candidate("def take(xs):\n    xs.pop()\n    return xs").observe("take", [1, 2])
    assert (seen.value, seen.arguments, seen.returned_argument) == ([1], ([1],), 0)


async def test_the_time_limit_is_the_tasks_or_the_calls_own():
    launcher = MemoryLauncher()
    one = candidate(launcher=launcher)
    await one.call("echo", 1)
    await one.call("echo", 1, timeout=0.5)
    assert launcher.hosts[0].timeouts == [3, 0.5]


async def test_an_exception_of_the_code_keeps_the_process():
    launcher = MemoryLauncher()
    one = candidate(launcher=launcher)
    await one.call("echo", 1)
    with pytest.raises(CandidateError) as caught:
        await one.call("fail")
    assert (caught.value.type_name, caught.value.message) == ("ValueError", "no")
    assert await one.call("seen") == [1]
    assert len(launcher.hosts) == 1


@pytest.mark.parametrize(("call", "error"), [("die", CandidateCrash), ("hang", CandidateTimeout)])
async def test_a_dead_process_costs_its_own_call_and_the_next_gets_a_new_one(call, error):
    launcher = MemoryLauncher()
    one = candidate(launcher=launcher)
    await one.call("echo", 1)
    with pytest.raises(error):
        await one.call(call)
    assert launcher.hosts[0].closed == 1
    assert await one.call("seen") == []
    assert one.timed_out == (call == "hang")


async def test_after_some_deaths_calls_fail_without_a_try():
    launcher = MemoryLauncher()
    one = candidate(launcher=launcher)
    for _ in range(MAX_DEATHS):
        with pytest.raises(CandidateCrash, match="it ended"):
            await one.call("die")
    with pytest.raises(CandidateCrash, match=f"not tried: .* ended {MAX_DEATHS} times"):
        await one.call("echo", 1)
    assert len(launcher.hosts) == MAX_DEATHS


async def test_too_much_cpu_time_is_no_time_out_to_be_confirmed_and_no_death():
    launcher = MemoryLauncher()
    one = candidate(launcher=launcher)
    for _ in range(MAX_DEATHS + 1):
        with pytest.raises(CandidateTimeout, match="slow"):
            await one.observe("hang", cpu_s=0.5)
    assert not one.timed_out
    assert await one.call("seen") == []
    assert [host.closed for host in launcher.hosts] == [1] * (MAX_DEATHS + 1) + [0]


async def test_what_does_not_load_is_tried_once():
    launcher = MemoryLauncher()
    one = candidate("import nothing_like_this", launcher=launcher)
    for _ in range(2):
        with pytest.raises(CandidateError, match="ModuleNotFoundError"):
            await one.call("echo", 1)
    assert launcher.hosts == []


async def test_restart_loads_the_answer_afresh():
    launcher = MemoryLauncher()
    one = candidate(launcher=launcher)
    await one.call("echo", 1)
    await one.restart()
    assert await one.call("seen") == []
    assert [host.closed for host in launcher.hosts] == [1, 0]


async def test_output_is_that_of_all_its_processes():
    one = candidate()
    await one.call("echo", 1)
    await one.restart()
    await one.call("echo", 2)
    assert one.output() == "hello hello "
    await one.close()
    await one.close()
    assert one.output() == "hello hello "


async def test_blocks_are_those_of_a_language():
    blocks = (Block(language="python", code="1", line=2), Block(language="go", code="2", line=5))
    one = candidate(blocks=blocks, prose="because")
    assert [block.code for block in one.blocks("go")] == ["2"]
    assert (one.prose, one.code, one.completion) == ("because", CODE, None)


async def test_calls_made_at_once_share_one_process():
    class Slow(MemoryLauncher):
        async def load(self, source):
            await asyncio.sleep(0)
            return await super().load(source)

    launcher = Slow()
    one = candidate(launcher=launcher)
    assert await asyncio.gather(one.call("echo", 1), one.call("echo", 2)) == [1, 2]
    assert len(launcher.hosts) == 1


async def test_calls_that_die_together_lose_one_process():
    launcher = MemoryLauncher()
    one = candidate(launcher=launcher)
    await one.call("echo", 1)
    died = await asyncio.gather(*(one.call("die") for _ in range(MAX_DEATHS)), return_exceptions=True)
    assert [type(error) for error in died] == [CandidateCrash] * MAX_DEATHS
    assert await one.call("echo", 2) == 2
