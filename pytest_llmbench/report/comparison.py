"""Which models can be told apart: the one test behind every "better", "tied" and "≈" of a report."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llmbench.report.document import ModelPart, ResultPart, RunDocument
from pytest_llmbench.report.leaderboard import judged_totals
from pytest_llmbench.statistics.bootstrap import Interval, difference_interval
from pytest_llmbench.statistics.centre import mean


class Comparison:
    """Compares the models of a run, over all of its tasks or some of them.

    Two models cannot be told apart where the interval of the difference of their scores holds 0.
    """

    def __init__(self, document: RunDocument) -> None:
        self._document = document
        self._results = {(result.task, result.model): result for result in document.results}
        self._known: dict[tuple[str, str, tuple[str, ...]], Interval | None] = {}
        self.every_task = tuple(task.id for task in document.tasks)
        self.ranked = [model for model in document.models if model.rank is not None]

    @property
    def best(self) -> ModelPart | None:
        """The model of rank 1."""
        return self.ranked[0] if self.ranked else None

    def result(self, task: str, model: str) -> ResultPart:
        """Give what a model made of a task."""
        return self._results[task, model]

    def score(self, model: ModelPart, tasks: Sequence[str]) -> float:
        """Give the mean of a ranked model's scores on some tasks."""
        return mean(self._results[task, model.id].score for task in tasks) or 0.0

    def order(self, models: Sequence[ModelPart], tasks: Sequence[str]) -> list[ModelPart]:
        """Sort ranked models by their score on some tasks; equal ones stay in the order of rank."""
        return sorted(models, key=lambda model: -self.score(model, tasks))

    def difference(self, first: str, second: str, tasks: Sequence[str] = ()) -> Interval | None:
        """Give the interval of the first model's score less the second's; None where too little is known."""
        key = (first, second, tuple(tasks) or self.every_task)
        if key not in self._known:
            self._known[key] = self._difference(*key)
        return self._known[key]

    def tied(self, first: str, second: str, tasks: Sequence[str] = ()) -> bool | None:
        """Say whether two models cannot be told apart; None where too little is known to say."""
        interval = self.difference(first, second, tasks)
        return None if interval is None else interval[0] <= 0 <= interval[1]

    def _difference(self, first: str, second: str, tasks: tuple[str, ...]) -> Interval | None:
        one, other = (judged_totals([self._results[task, m] for task in tasks]) for m in (first, second))
        return difference_interval(one, other, seed=f"{first} less {second}")
