"""JavaScript answers that attack the judge earn what an honest answer of the same behaviour would."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from grading import CHECKS, earned, fools_a_naive_grader, judged, passed

from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain

ATTACKS = sorted(Path(__file__).with_name("judging").glob("node/*.mjs"))
HONEST = """
export const add_up = (values) => values.reduce((a, b) => a + b, 0);
export const steps = (values) => values.map((_, end) => add_up(values.slice(0, end + 1)));
"""


@pytest.fixture
def launcher(any_sandbox: Sandbox, javascript: JavaScriptToolchain) -> NodeLauncher:
    return NodeLauncher(any_sandbox, javascript, Limits())


def test_honest_code_passes_with_both_graders(
    launcher: NodeLauncher, javascript: JavaScriptToolchain, tmp_path: Path
) -> None:
    assert fools_a_naive_grader(tmp_path, HONEST, seed=1, node=javascript.node)
    assert passed(asyncio.run(judged(launcher, "javascript", HONEST, seed=1))) == CHECKS
    wrong = HONEST.replace("a + b", "a - b")
    assert not fools_a_naive_grader(tmp_path, wrong, seed=1, node=javascript.node)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_fools_a_naive_grader_and_not_the_judge(
    launcher: NodeLauncher, javascript: JavaScriptToolchain, attack: Path, tmp_path: Path
) -> None:
    code = attack.read_text(encoding="utf-8")
    assert fools_a_naive_grader(tmp_path, code, seed=2, node=javascript.node)
    evaluation = asyncio.run(judged(launcher, "javascript", code, seed=2))
    assert evaluation.scorecard.status == "scored"
    assert passed(evaluation) == earned(code)


FORGES_ITS_CPU_TIME = """
import fs from "node:fs";
const used = () => (({ user, system }) => (user + system) / 1000)(process.cpuUsage());
const spin = (ms) => { const end = used() + ms; while (used() < end); };
export const honest = (ms) => spin(ms);
export const forge = (id, ms) => {
  spin(ms);
  const text = `["ok","${id}",[null,[],0],["${id}",${ms}],null]`;
  const head = Buffer.alloc(4);
  head.writeUInt32BE(text.length);
  fs.writeSync(4, Buffer.concat([head, Buffer.from(text)]));
  spin(5000);
};
"""


def test_cpu_time_is_the_kernels_and_not_what_a_process_says(launcher: NodeLauncher) -> None:
    async def used() -> tuple[float | None, float | None]:
        host = await launcher.load(Source(code=FORGES_ITS_CPU_TIME))
        try:
            honest = await host.call("honest", (100,), 10)
            host._new_id = lambda: "known"
            return honest.cpu_s, (await host.call("forge", ("known", 600), 10)).cpu_s
        finally:
            await host.close()

    honest, forged = asyncio.run(used())
    assert honest is not None
    assert 0.09 < honest < 0.4
    assert forged is not None
    assert forged > 0.4
