"""Two runs of the same tasks, made of totals, for tests of what is said of their difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pytest_llmbench.models.model import Model
from pytest_llmbench.report.document import AskedPart, RunDocument, RunPart, SamplePart, TaskPart
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.scoring.scorecard import AxisScores

Totals = Mapping[str, Mapping[str, Sequence[float | None]]]
"""By model and task the totals; None is a sample that an API error took."""

VERSIONS = {"pytest-llmbench": "1.0"} | dict.fromkeys(
    ("ruff", "ty", "tree-sitter", "tree-sitter-python"), "1"
)
ASKED = AskedPart(temperature=0.2, max_tokens=4096, system="You are terse.")


def run_of(
    totals: Totals,
    *,
    hashes: Mapping[str, str] | None = None,
    prompts: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
    run: str = "r1",
    samples: int | None = None,
    rules: Mapping[str, Any] | None = None,
    **sample: Any,
) -> RunDocument:
    """Make the document of a run. `sample` are fields that all samples share, `rules` a suite's own."""
    tasks = list(dict.fromkeys(task for by_task in totals.values() for task in by_task))
    most = max(len(found) for by_task in totals.values() for found in by_task.values())
    return build_document(
        RunPart(
            id=run, started=datetime(2026, 11, 23, tzinfo=UTC), duration_s=1, sandbox="bubblewrap",
            samples=samples or most, versions=dict(versions or VERSIONS), pass_mark=6.5, **(rules or {}),
        ),
        [
            TaskPart(
                id=task, title=task, language="python", suite="s", hash=(hashes or {}).get(task, "h"),
                prompt=(prompts or {}).get(task, f"Write {task}."),
            )
            for task in tasks
        ],
        [
            Model(id=m, title=m, vendor="v", category="c", provider="p", price_output=1.0) for m in totals
        ],
        {
            (task, model): tuple(sample_of(i, total, **sample) for i, total in enumerate(found))
            for model, by_task in totals.items()
            for task, found in by_task.items()
        },
    )  # fmt: skip


def sample_of(index: int, total: float | None, **fields: Any) -> SamplePart:
    """Make one sample."""
    if total is None:
        return SamplePart(
            index=index, status="api_error", total=None, axes=AxisScores(), error="503", asked=ASKED
        )
    axes = AxisScores(correctness=total, quality=total, documentation=total, edge_cases=total)
    given = {
        "status": "scored",
        "cost_usd": 0.001,
        "latency_s": 2.0,
        "model_returned": "m-1",
        "asked": ASKED,
        **fields,
    }
    return SamplePart(index=index, total=total, axes=axes, **given)
