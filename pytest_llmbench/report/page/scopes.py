"""The leaderboard over some of the tasks: those with one tag, in one language, or a single one.

Each is computed as the whole leaderboard is, and travels with the page as data for its filter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from pytest_llmbench.report.clean import clean, one_line
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import ModelPart, RunDocument, TaskPart
from pytest_llmbench.report.leaderboard import rank_models
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.scoring.scorecard import AXES

LANGUAGE_WORDS = {"python": "Python", "javascript": "JavaScript", "typescript": "TypeScript", "go": "Go"}

Cells = list[float | int | None]
MOST_DRAWN = 10
"""With more tasks than this, scopes go without intervals and ties, which would take long to draw."""


def scope_data(document: RunDocument, comparison: Comparison, anchors: Anchors) -> list[dict[str, object]]:
    """Give the scopes that differ from the whole: a key for the address, words, and figures by model.

    The figures are, in this order: rank, score, the interval's two ends, the four axes, value, score per
    dollar, cost, latency, tokens per second, troubled samples, 1 where it ties with the best, 1 for 🏆, a
    judge's opinion.
    """
    return [
        {
            "key": key,
            "group": group,
            "title": clean(title),
            "models": _figures(tasks, document, comparison),
        }
        for key, group, title, tasks in _scopes(document, anchors)
    ]


def as_script(data: object) -> str:
    """Write data as JSON that can stand inside a script element, whatever text is in it."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _scopes(document: RunDocument, anchors: Anchors) -> Iterator[tuple[str, str, str, Sequence[TaskPart]]]:
    tasks = document.tasks
    if len(tasks) < 2:  # noqa: PLR2004 - one task is the whole
        return
    groups: dict[tuple[str, str], list[TaskPart]] = {}
    for task in tasks:
        for tag in task.tags:
            groups.setdefault(("Tagged", tag), []).append(task)
        groups.setdefault(("Language", LANGUAGE_WORDS.get(task.language, task.language)), []).append(task)
        groups.setdefault(("Suite", task.suite), []).append(task)
    order = {"Tagged": 0, "Language": 1, "Suite": 2}
    for (group, word), members in sorted(groups.items(), key=lambda item: order[item[0][0]]):
        if word and len(members) < len(tasks):
            yield (
                f"{group.lower()}-{one_line(word, 60)}",
                group,
                f"{one_line(word, 60)} ({len(members)})",
                members,
            )
    for task in tasks:
        yield anchors.task(task.id), "Task", one_line(task.title, 60), [task]


def _figures(tasks: Sequence[TaskPart], document: RunDocument, comparison: Comparison) -> list[Cells]:
    """Give the figures by model, in the document's order of models."""
    ids = tuple(task.id for task in tasks)
    drawn = len(document.tasks) <= MOST_DRAWN
    parts = rank_models(
        document.models,
        lambda model: [comparison.result(task, model) for task in ids],
        document.run.samples,
        intervals=drawn,
    )
    best = parts[0] if drawn and parts and parts[0].rank else None
    by_id = {part.id: _cells(part, best, ids, comparison) for part in parts}
    return [by_id[model.id] for model in document.models]


def _cells(part: ModelPart, best: ModelPart | None, ids: tuple[str, ...], comparison: Comparison) -> Cells:
    low, high = part.interval or (None, None)
    tied = best is not None and part.rank and part is not best and comparison.tied(best.id, part.id, ids)
    figures: Cells = [
        part.rank, part.score, low, high, *(getattr(part.axes, axis) for axis in AXES), part.value,
        part.score_per_usd, part.cost_usd, part.latency_s, part.tokens_per_s,
        part.expected - part.judged + part.truncated + part.no_code, int(bool(tied)), int(part.best_value),
        part.opinion,
    ]  # fmt: skip
    return [round(figure, 5) if isinstance(figure, float) else figure for figure in figures]
