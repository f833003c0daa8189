"""Names for the places of a page that can be linked to: readable, unique, and safe in an attribute."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_llmbench.report.document import RunDocument

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


class Anchors:
    """The anchors of one page. The same tasks and models give the same anchors in another run."""

    def __init__(self, document: RunDocument) -> None:
        self._only = document.tasks[0].id if len(document.tasks) == 1 else None
        self._tasks = _slugs(task.id for task in document.tasks)
        self._models = _slugs(model.id for model in document.models)

    def task(self, task: str) -> str:
        """Name a task's section."""
        return f"task-{self._tasks[task]}"

    def model(self, model: str) -> str:
        """Name a model's row of the table of models and tasks, or its answers where there is one task."""
        return f"model-{self._models[model]}" if self._only is None else self.answer(self._only, model)

    def answer(self, task: str, model: str) -> str:
        """Name a model's answers to a task."""
        return f"answer-{self._tasks[task]}--{self._models[model]}"

    def sample(self, task: str, model: str, index: int) -> str:
        """Name one sample."""
        return f"sample-{self._tasks[task]}--{self._models[model]}--{index + 1}"


def _slugs(ids: Iterable[str]) -> dict[str, str]:
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for id_ in ids:
        base = _OTHER.sub("-", id_.lower()[:_LONGEST]).strip("-") or "x"
        slug, number = base, 2
        while slug in taken:
            slug, number = f"{base}-{number}", number + 1
        taken.add(slug)
        slugs[id_] = slug
    return slugs
