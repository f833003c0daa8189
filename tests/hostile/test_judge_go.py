"""Go answers that attack the judge earn what an honest answer of the same behaviour would."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from grading import CHECKS, earned, judged, passed

from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.golang.launcher import GoLauncher
from pytest_llmbench.toolchains.go_cache import GoToolchain

ATTACKS = sorted(Path(__file__).with_name("judging").glob("go/*.go"))
HONEST = """
package answer

func AddUp(values []int) int {
	sum := 0
	for _, value := range values {
		sum += value
	}
	return sum
}

func Steps(values []int) []int {
	found := []int{}
	for end := range values {
		found = append(found, AddUp(values[:end+1]))
	}
	return found
}
"""


@pytest.mark.slow
def test_attacks_earn_nothing_and_honest_code_everything(any_sandbox: Sandbox, go: GoToolchain) -> None:
    launcher = GoLauncher(any_sandbox, go, Limits(cpu_s=10))

    async def all_of_them() -> dict[str, tuple[set[str], set[str]]]:
        found = {"honest": (passed(await judged(launcher, "go", HONEST, seed=1)), CHECKS)}
        for attack in ATTACKS:
            code = attack.read_text(encoding="utf-8")
            found[attack.stem] = passed(await judged(launcher, "go", code, seed=2)), earned(code)
        return found

    found = asyncio.run(all_of_them())
    assert len(found) == 4
    assert {name: got for name, (got, _) in found.items()} == {name: due for name, (_, due) in found.items()}
