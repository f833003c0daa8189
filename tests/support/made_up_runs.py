"""Made-up runs to draw reports from: figures and answers are invented, and only their shape is real.

`python tests/support/made_up_runs.py FOLDER` writes the reports of all of them, for looking at.
"""

# ruff: noqa: E501 - tables of figures read better unbroken

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import (
    AnswerPart,
    BaselinePart,
    ChangePart,
    PastRun,
    PastScore,
    RunDocument,
    RunPart,
    SamplePart,
    TaskPart,
    UsagePart,
)
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.scoring.scorecard import Axis, AxisScores, Check, Finding, Status

CODE = Path(__file__).parents[1] / "report" / "code"

MODELS = tuple(
    Model(
        id=id_, title=title, vendor=vendor, category=category, provider="p", price_output=price, router=router
    )
    for id_, title, vendor, category, price, router in (
        ("deepseek-v4-flash", "DeepSeek V4 Flash", "DeepSeek", "General w/ strong code", 0.25, False),
        ("deepseek-coder", "DeepSeek Coder", "DeepSeek", "Code-specialized", 0.25, False),
        ("qwen3-coder-30b", "Qwen3-Coder-30B", "Qwen", "Code-specialized", 0.35, False),
        ("deepseek-v4-pro", "DeepSeek V4 Pro", "DeepSeek", "Premium general", 0.78, False),
        ("deepseek-r1", "DeepSeek-R1", "DeepSeek", "Reasoning model", 2.50, False),
        ("kimi-k2.5", "Kimi K2.5", "Moonshot", "Premium general", 3.00, False),
        ("glm-5", "GLM-5", "Zhipu", "Premium general", 1.92, False),
        ("qwen3-32b", "Qwen3-32B", "Qwen", "General purpose", 0.28, False),
        ("hunyuan-turbo", "Hunyuan-Turbo", "Tencent", "General purpose", 0.57, False),
        ("ga-standard", "Ga-Standard", "GA Routing", "Smart routing", 0.20, True),
    )
)

SCORES = {
    "qwen3-coder-30b": 8.8, "deepseek-v4-flash": 8.7, "deepseek-coder": 8.6, "deepseek-v4-pro": 9.1,
    "deepseek-r1": 9.4, "kimi-k2.5": 9.0, "qwen3-32b": 8.3, "glm-5": 8.0, "hunyuan-turbo": 7.5,
    "ga-standard": 8.5,
}  # fmt: skip

VALUES = {
    "qwen3-coder-30b": "25.1", "deepseek-v4-flash": "34.8", "deepseek-coder": "34.4", "deepseek-v4-pro": "11.7",
    "deepseek-r1": "3.8", "kimi-k2.5": "3.0", "qwen3-32b": "29.6", "glm-5": "4.2", "hunyuan-turbo": "13.2",
    "ga-standard": "42.5",
}  # fmt: skip

TASKS = (
    TaskPart(
        id="flatten", title="Flatten a nested list", language="python", suite="backend", hash="a1",
        prompt="Write a Python function to flatten a nested list recursively.\n\nCall it `flatten`.",
    ),
    TaskPart(
        id="async_race", title="Async race condition", language="javascript", suite="backend", hash="a2",
        prompt="This JavaScript has a race condition. Explain what goes wrong and fix it.",
    ),
    TaskPart(
        id="dijkstra", title="Dijkstra's shortest path", language="typescript", suite="backend", hash="a3",
        tags=("hard",), prompt="Implement Dijkstra in TypeScript with a real priority queue.",
    ),
    TaskPart(
        id="express_users", title="Express: page and filter users", language="javascript", suite="backend",
        hash="a4", prompt="Build an Express.js endpoint that paginates and filters a user list.",
    ),
    TaskPart(
        id="go_review", title="Review a Go service", language="go", suite="review", hash="a5",
        tags=("hard", "review"), prompt="Review this Go service as you would a colleague's pull request.",
    ),
)  # fmt: skip

OFFSETS = {"flatten": 0.5, "async_race": -0.3, "dijkstra": -0.5, "express_users": 0.2, "go_review": 0.1}

CHECKS: dict[str, tuple[tuple[Axis, str, str], ...]] = {
    "flatten": (
        ("correctness", "opens every level", "assert [1, 2, [3]] == [1, 2, 3]\n  At index 2 diff: [3] != 3"),
        ("correctness", "keeps the order", "assert [2, 1] == [1, 2]"),
        ("correctness", "gives a new list", "assert [9] == []"),
        ("edge_cases", "keeps a string whole", "assert ['a', 'b', 'c'] == ['ab', 'c']\n  At index 0 diff: 'a' != 'ab'"),
        ("edge_cases", "keeps falsy items", "assert [1] == [0, 1, None]"),
        ("edge_cases", "opens 300 levels", "RecursionError: maximum recursion depth exceeded in comparison"),
    ),
    "async_race": (
        ("correctness", "each caller gets its own report", "assert 'b' == 'a'"),
        ("correctness", "loadAll gives all reports in order", "assert [] == ['a', 'b', 'c']"),
        ("edge_cases", "loads side by side", "assert 3 == 1\n  three rounds where one would do"),
        ("edge_cases", "a failed status is an error", "DID NOT RAISE CandidateError"),
    ),
    "dijkstra": (
        ("correctness", "finds the shortest path", "assert 7 == 6"),
        ("correctness", "compiles under --strict", "answer.ts:26:5 - error TS7034: implicitly has type 'any'"),
        ("edge_cases", "100,000 edges in time", "timeout: 10 s of CPU time used up"),
        ("edge_cases", "falsy nodes are nodes", "assert [1] == [0, 1]"),
        ("edge_cases", "no path is null", "assert {'distance': 0} == None"),
    ),
    "express_users": (
        ("correctness", "pages and counts", "assert 0 == 3"),
        ("correctness", "never sends the password hash", "assert 'passwordHash' not in {'id': 7, 'passwordHash': '$2b$10$...'}"),
        ("edge_cases", "page=0 is refused", "assert 200 == 400"),
        ("edge_cases", "q ignores case", "assert [] == [7]"),
    ),
    "go_review": (
        ("correctness", "names the data race", "no finding near line 31"),
        ("correctness", "stops after 403", "assert 204 == 403"),
        ("edge_cases", "the race detector is silent", "WARNING: DATA RACE\nWrite at 0x00c000120000 by goroutine 8"),
    ),
}  # fmt: skip

FINDINGS: dict[str, tuple[Finding, ...]] = {
    "flatten": (
        Finding(axis="quality", rule="UP035", line=1, points=-0.3, message="`typing.List` is deprecated, use `list`"),
        Finding(axis="documentation", rule="D417", line=3, points=-0.5, message="Missing argument description: `lst`"),
    ),
    "dijkstra": (
        Finding(axis="quality", rule="no-explicit-any", line=7, points=-0.4, message="`any` gives up type safety"),
        Finding(axis="quality", rule="eqeqeq", line=12, points=-0.2, message="Expected '===' and saw '=='"),
        Finding(axis="documentation", rule="undocumented", line=4, points=-1.5, message="`shortestPath` has no documentation"),
    ),
    "express_users": (
        Finding(axis="quality", rule="radix", line=8, points=-0.2, message="Missing radix parameter"),
        Finding(axis="documentation", rule="undocumented", line=3, points=-1.5, message="`createApp` has no documentation"),
    ),
}  # fmt: skip


def run_part(**changes: object) -> RunPart:
    run = RunPart(
        id="20261123-140200-5f3a", started=datetime(2026, 11, 23, 14, 2, tzinfo=UTC), duration_s=751.4,
        sandbox="bubblewrap-userns", samples=3, pass_mark=6.5,
        versions={"pytest-llmbench": "0.1.0", "python": "3.12.4", "node": "24.9.0", "typescript": "5.9.2", "go": "1.27"},
        command="pytest task_suites --llm-models=all",
    )  # fmt: skip
    return run.model_copy(update=changes)


def sample(index: int, total: float | None, status: Status = "scored", **changes: object) -> SamplePart:
    """A sample whose axes are all its total."""
    axes = AxisScores(correctness=total, quality=total, documentation=total, edge_cases=total)
    return SamplePart(index=index, status=status, total=total, axes=axes).model_copy(update=changes)


def opinion(total: float | None, judge: str = "judge", **changes: object) -> Opinion:
    """An opinion whose axes are all its total; none where that is None."""
    axes = AxisScores(correctness=total, quality=total, documentation=total, edge_cases=total)
    status: Literal["given", "invalid"] = "invalid" if total is None else "given"
    given = Opinion(judge=judge, call=f"{judge}{total}", prompt="1-a", status=status, total=total, axes=axes)
    return given.model_copy(update=changes)


def document_of_scores(scores: dict[str, float] = SCORES, models: tuple[Model, ...] = MODELS) -> RunDocument:
    """One task, one sample each, so that the scores are what is handed in."""
    samples = {("flatten", name): (sample(0, score),) for name, score in scores.items()}
    return build_document(run_part(samples=1), TASKS[:1], models, samples)


def realistic() -> RunDocument:
    """Ten models, five tasks, three samples; some cut off, some failed, some with other findings."""
    rng = random.Random(11)
    samples = {
        (task.id, model.id): tuple(_made_up_sample(rng, task, model, index) for index in range(3))
        for task in TASKS
        for model in MODELS
    }
    error = "HTTP 503 from http://127.0.0.1:8000/v1: upstream connect error"
    samples["dijkstra", "hunyuan-turbo"] = (
        *samples["dijkstra", "hunyuan-turbo"][:2],
        SamplePart(index=2, status="api_error", total=None, axes=AxisScores(), error=error),
    )
    return build_document(run_part(), TASKS, MODELS, samples)


def _made_up_sample(rng: random.Random, task: TaskPart, model: Model, index: int) -> SamplePart:
    goal = min(9.9, SCORES[model.id] + OFFSETS[task.id] * (10.4 - SCORES[model.id]) + rng.uniform(-0.2, 0.2))
    total = round(min(10.0, max(1.0, goal + (index - 1) * rng.uniform(0.05, 0.6))), 2)
    poor = total < 8.4
    status: Status = (
        "truncated" if model.id == "deepseek-r1" and task.id == "dijkstra" and index == 0 else "scored"
    )
    axes = AxisScores(
        correctness=min(10.0, total + rng.uniform(0, 0.5)), quality=max(1.0, total - rng.uniform(0, 0.4)),
        documentation=max(1.0, total - rng.uniform(0, 1.0)), edge_cases=min(10.0, max(1.0, total + rng.uniform(-0.6, 0.2))),
    )  # fmt: skip
    output = int(rng.uniform(300, 900) * (9 if "Reasoning" in model.category else 1))
    seconds = output / rng.uniform(90, 220)
    code = (CODE / f"{task.id}_{'poor' if poor else 'good'}.txt").read_text(encoding="utf-8")
    fence = f"```{task.language}\n{code}```\n"
    return SamplePart(
        index=index, status=status, total=total, axes=axes,
        checks=_checks(rng, task.id, total),
        findings=FINDINGS.get(task.id, ()) if poor else (),
        finish_reason="length" if status == "truncated" else "stop",
        model_returned=rng.choice(["deepseek-v4-flash", "deepseek-r1"]) if model.router else f"{model.id}-0901",
        cost_usd=output * (model.price_output or 0) / 1e6,
        usage=UsagePart(input=120 + len(task.prompt) // 4, output=output, reasoning=output * 7 // 9 if output > 2000 else None),
        latency_s=round(seconds, 2), first_token_s=round(rng.uniform(0.2, 0.9), 2),
        judge_s=round(0.4 + output / 4000, 2), attempts=1,
        request={"temperature": 0.2, "max_tokens": 4096, "stream": True},
        adapted=("max_tokens sent as max_completion_tokens",) if model.id == "kimi-k2.5" else (),
        answer=AnswerPart(
            code=code, found="tagged_fence", reply=f"Here is the module.\n\n{fence}\nIt keeps strings whole.",
            prose="Here is the module.\n\nIt keeps strings whole.",
            reasoning="The user wants one module. Let me think about depth first." if output > 2000 else None,
            notes=("the reply was cut off inside the code",) if status == "truncated" else (),
        ),
    )  # fmt: skip


def _checks(rng: random.Random, task: str, total: float) -> tuple[Check, ...]:
    chance = max(0.0, (9.6 - total) / 5)
    made = []
    for place, (axis, label, message) in enumerate(CHECKS[task]):
        failed = rng.random() < chance * (0.3 + 0.35 * place)
        made.append(Check(axis=axis, label=label, passed=not failed, message=message if failed else None))
    return tuple(made)


def compared() -> RunDocument:
    """The realistic run beside a baseline, with three earlier runs; one model got better, one worse."""
    document, rng = realistic(), random.Random(13)
    moves = {"deepseek-coder": 0.6, "kimi-k2.5": -0.5, "qwen3-32b": 0.1}
    changes = tuple(
        ChangePart(
            model=model.id, before=(model.score or 0.0) - moves.get(model.id, 0.0), after=model.score,
            difference=(moves.get(model.id, 0.0) - 0.3, moves.get(model.id, 0.0) + 0.3),
            sure=abs(moves.get(model.id, 0.0)) > 0.3,
        )
        for model in document.models
    )  # fmt: skip
    baseline = BaselinePart(
        name="main", run="20261101-1", started=datetime(2026, 11, 1, 9, tzinfo=UTC),
        tasks=tuple(task.id for task in document.tasks),
        changes=(*changes, ChangePart(model="gone-model", before=5.0, after=None)),
    )  # fmt: skip
    history = tuple(
        PastRun(
            run=f"r{month}", started=datetime(2026, month, 1, tzinfo=UTC), name="main" if month == 10 else "",
            scores=tuple(
                PastScore(model=m.id, score=score, interval=(score - 0.2, score + 0.15))
                for m in document.models[:6]
                for score in (max(1.0, (m.score or 1.0) - rng.uniform(-0.1, 0.25) * (11 - month)),)
            ),
        )
        for month in (8, 9, 10)
    )  # fmt: skip
    return document.model_copy(update={"baseline": baseline, "history": history})


def large(models: int = 10, tasks: int = 200, samples: int = 10) -> RunDocument:
    """A run of many answers, no two of them alike."""
    rng = random.Random(12)
    asked = MODELS[:models]
    parts = [
        TASKS[n % len(TASKS)].model_copy(
            update={
                "id": f"{TASKS[n % len(TASKS)].id}_{n}",
                "title": f"{TASKS[n % len(TASKS)].title}, no. {n + 1}",
            }
        )
        for n in range(tasks)
    ]
    by_pair = {
        (part.id, model.id): tuple(
            _varied(rng, TASKS[n % len(TASKS)], model, index) for index in range(samples)
        )
        for n, part in enumerate(parts)
        for model in asked
    }
    return build_document(run_part(samples=samples), parts, asked, by_pair)


def _varied(rng: random.Random, task: TaskPart, model: Model, index: int) -> SamplePart:
    """A sample whose code shares its lines with others, but not their order nor all of its words."""
    made = _made_up_sample(rng, task, model, index)
    words = ("items", "node", "acc", "result", "queue", "value", "current", "entry", "left", "seen")
    lines = (made.answer.code or "").splitlines()
    changed = [
        f"{line}  // {rng.choice(words)} {rng.choice(words)} {rng.randrange(10**6)}"
        if rng.random() < 0.3
        else line
        for line in lines
    ]
    code = "\n".join(changed) + "\n"
    reply = f"Here is the module.\n\n```{task.language}\n{code}```\n\nIt keeps strings whole."
    return made.model_copy(update={"answer": made.answer.model_copy(update={"code": code, "reply": reply})})


def embedded() -> RunDocument:
    """One small model without a price that fails the only task."""
    model = Model(
        id="smollm2-135m", title="SmolLM2 135M", vendor="Hugging Face", category="Embedded", provider="embedded",
        embedded=True,
    )  # fmt: skip
    code = "def flatten(list):\n    return [item for sublist in list for item in sublist]\n"
    messages = "TypeError: 'int' object is not iterable"
    checks = tuple(
        Check(axis=axis, label=label, passed=place == 2, message=None if place == 2 else messages)
        for place, (axis, label, _) in enumerate(CHECKS["flatten"])
    )
    low = AxisScores(correctness=2.8, quality=7.5, documentation=1.0, edge_cases=1.0)
    answer = AnswerPart(code=code, found="untagged_fence", reply=f"```\n{code}```")
    shared = {
        "checks": checks,
        "axes": low,
        "finish_reason": "stop",
        "usage": UsagePart(input=150, output=64),
    }
    samples = (
        sample(0, 2.8, answer=answer, latency_s=4.2, **shared),
        sample(
            1,
            1.0,
            "no_code",
            finish_reason="stop",
            latency_s=2.1,
            answer=AnswerPart(reply="I can do that! " * 20),
        ),
        sample(2, 1.0, "truncated", answer=answer, latency_s=31.0, **{**shared, "finish_reason": "length"}),
    )
    run = run_part(duration_s=48.2, versions={"pytest-llmbench": "0.1.0", "python": "3.11.9"})
    return build_document(run, TASKS[:1], (model,), {("flatten", model.id): samples})


def nothing_ranked() -> RunDocument:
    """Every call failed."""
    error = "connection refused by http://127.0.0.1:9/v1"
    samples = {
        (task.id, model.id): tuple(sample(i, None, "api_error", error=error) for i in range(3))
        for task in TASKS[:2]
        for model in MODELS[:2]
    }
    return build_document(run_part(), TASKS[:2], MODELS[:2], samples)


HOSTILE = (
    "</script></style></title></textarea>--><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\"'` onmouseover=alert(1) {{ 7*7 }} \u202etxt.exe\u2066 \x1b[31mred\x1b[0m \x07\x00\ufeff\u200b &amp; ]]>"
)


def hostile(text: str = HOSTILE) -> RunDocument:
    """The given text in every field that a model, a server, a user or a task's author controls."""
    models = tuple(
        Model(id=f"{text[:200]}{place}", title=text[:200], vendor=text[:200], category=text[:200], provider="p",
              price_output=price, router=not place)
        for place, price in enumerate((0.5, 2.0))
    )  # fmt: skip
    task = TaskPart(
        id=text[:200], title=text[:200], language=text[:200], suite=text[:200], hash=text[:200], prompt=text,
        tags=(text[:200],),
    )  # fmt: skip
    bad = sample(
        0, 4.0,
        checks=(Check(axis="correctness", label=text[:300], passed=False, message=text),),
        findings=(Finding(axis="quality", rule=text[:200], line=1, points=-0.5, message=text),
                  Finding(axis="quality", rule=text[:200], line=10**9, points=-0.5, message=text)),
        finish_reason=text, model_returned=text, adapted=(text,), cost_usd=0.1,
        answer=AnswerPart(code=f"x = 1\n{text}\n", found=text, notes=(text,), reply=text, reasoning=text),
        opinion=opinion(4.0, judge=text[:200], reasons={"quality": text}, reply=text),
    )  # fmt: skip
    failed = sample(1, None, "api_error", error=text)
    failed = failed.model_copy(update={"opinion": opinion(None, judge=text[:200], error=text, reply=text)})
    run = run_part(id=text, sandbox=text, versions={text[:200]: text}, command=text)
    return build_document(run, (task,), models, {(task.id, model.id): (bad, failed) for model in models})


if __name__ == "__main__":
    from pytest_llmbench.report.html import write_html

    for make in (realistic, compared, embedded, nothing_ranked, hostile, document_of_scores):
        write_html(Path(sys.argv[1]) / f"{make.__name__}.html", make())
