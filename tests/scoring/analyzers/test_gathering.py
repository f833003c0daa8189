"""Looking at many answers in one run: each gets its own, and no one pays for another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from ty import find_ty_bin

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.gathering import Gathering
from pytest_llmbench.scoring.analyzers.ruff import Ruff
from pytest_llmbench.scoring.analyzers.ty import Ty
from pytest_llmbench.scoring.analyzers.weights import DEFAULT_WEIGHTS

pytestmark = pytest.mark.asyncio

CODES = (
    "import os\n",
    "def f(a: int) -> str:\n    return a\n",
    "x = 1\n",
    "def f(:\n",
    "from . import other\nimport importlib\n",
    "def f(l=[]):\n    if l == None:\n        return 'a' + 1\n",
)


class Program:
    """Looks at codes by counting their characters; "bad" ones bring it down."""

    def __init__(self) -> None:
        self.runs: list[list[str]] = []

    async def look(self, codes: Sequence[str]) -> list[int]:
        self.runs.append(list(codes))
        await asyncio.sleep(0.001)
        if any("bug" in code for code in codes):
            raise ZeroDivisionError
        if any("bad" in code for code in codes):
            raise SandboxError("it fell over")
        return [len(code) for code in codes]


async def test_what_comes_while_it_runs_is_looked_at_in_one_run_and_the_same_code_once() -> None:
    program = Program()
    gathering = Gathering(program.look, most=3)
    found = await asyncio.gather(*map(gathering.at, ["a", "bb", "a", "ccc", "dddd"]))
    assert found == [1, 2, 1, 3, 4]
    assert program.runs == [["a", "bb", "ccc"], ["dddd"]]


async def test_an_answer_that_brings_it_down_is_the_only_one_that_fails() -> None:
    program = Program()
    gathering = Gathering(program.look)
    found = await asyncio.gather(*map(gathering.at, ["a", "bad", "ccc"]), return_exceptions=True)
    assert [found[0], str(found[1]), found[2]] == [1, "it fell over", 3]
    assert program.runs == [["a", "bad", "ccc"], ["a"], ["bad"], ["ccc"]]


async def test_a_bug_of_ours_is_seen_by_whoever_waits_and_the_next_run_goes_on() -> None:
    gathering = Gathering(Program().look, most=1)
    found = await asyncio.gather(*map(gathering.at, ["bug", "bb"]), return_exceptions=True)
    assert isinstance(found[0], ZeroDivisionError)
    assert found[1] == 2


async def test_whoever_no_longer_waits_is_passed_over() -> None:
    gathering = Gathering(Program().look)
    gone, stays = (asyncio.create_task(gathering.at("same")) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 4
    assert gone.cancelled()


@pytest.mark.parametrize("tool", ["ruff", "ty"])
async def test_many_in_one_run_are_told_what_each_is_told_alone(tool: str) -> None:
    made = Ty() if tool == "ty" else Ruff(select=tuple(DEFAULT_WEIGHTS.ruff))
    together = await asyncio.gather(*map(made.check, CODES))
    alone = [await made.check(code) for code in CODES]
    assert together == alone
    assert len({lints for lints in together if lints}) > 2


async def test_an_answer_that_takes_too_long_in_a_run_costs_the_others_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_llmbench.scoring.analyzers.ty.MANY_S", 1.0)
    slow = tmp_path / "ty"
    looking = "/bin/grep -qrs slow --include=answer.py . && exec /bin/sleep 60"
    slow.write_text(f'#!/bin/sh\n{looking}\nexec {find_ty_bin()} "$@"\n')
    slow.chmod(0o755)
    made = Ty(str(slow), timeout_s=3.0)
    found = await asyncio.gather(
        *map(made.check, ["x: int = 'a'\n", "slow = 1\n", "y: str = 1\n"]), return_exceptions=True
    )
    first, second, third = found
    assert isinstance(second, SandboxError)
    assert "did not finish within 3 s" in str(second)
    for one in (first, third):
        assert not isinstance(one, BaseException)
        assert [lint.code for lint in one] == ["ty:invalid-assignment"]
