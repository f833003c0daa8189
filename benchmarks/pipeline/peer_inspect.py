"""Inspect AI: one sample per call; judged, where that is wanted, in its local sandbox (no isolation)."""

from __future__ import annotations

import re
import sys
from typing import Any

import inspect_ai
from asking import AT_ONCE, CALLS, JUDGE, STREAM, URL, ended
from inspect_ai import Task
from inspect_ai.dataset import Sample
from inspect_ai.model import GenerateConfig, get_model
from inspect_ai.scorer import Score, Target, accuracy, includes, scorer
from inspect_ai.solver import TaskState, generate
from inspect_ai.util import sandbox

TEST = "\nassert double(2) == 4\nassert double(7) == 14\nassert double(0) == 0\n"


@scorer(metrics=[accuracy()])
def runs() -> Any:
    """Run the answer with assertions behind it."""

    async def score(state: TaskState, target: Target) -> Score:
        found = re.search(r"```python\n(.*?)```", state.output.completion, re.DOTALL)
        code = (found.group(1) if found else "raise SystemExit(1)") + TEST
        done = await sandbox().exec([sys.executable, "-c", code], timeout=30)
        return Score(value="C" if done.success else "I")

    return score


samples = [Sample(input=f"Write double(number) in Python. ({n})", target="double") for n in range(CALLS)]
inspect_ai.eval(
    Task(
        dataset=samples,
        solver=generate(),
        scorer=runs() if JUDGE else includes(),
        sandbox="local" if JUDGE else None,
    ),
    model=get_model(
        "openai-api/bench/m",
        base_url=URL,
        api_key="none",
        config=GenerateConfig(max_connections=AT_ONCE, max_tokens=4096, temperature=0.2),
        stream=STREAM,
    ),
    max_samples=AT_ONCE,
    max_subprocesses=2,
    max_sandboxes=AT_ONCE,
    display="none",
    log_dir="logs",
)
ended()
