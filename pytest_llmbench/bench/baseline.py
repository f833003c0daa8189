"""The earlier run that a run is compared with: what of it can be compared, and what is judged again first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_llmbench.comparison.change import LeftOut
from pytest_llmbench.comparison.matching import Pair, other_question, pair_of
from pytest_llmbench.comparison.setting import Setting, other_judging
from pytest_llmbench.report.document import ResultPart, RunDocument, SamplePart, TaskPart


@dataclass(frozen=True)
class Baseline:
    """A run with the name by which the user knows it.

    `reference` finds the same run again, whatever is stored meanwhile. `today` is what judges now.
    """

    name: str
    reference: str
    document: RunDocument
    today: Setting

    @property
    def tasks(self) -> list[str]:
        """The tasks that it has."""
        return [task.id for task in self.document.tasks]

    def to_rejudge(self, task: TaskPart, model: str, planned: SamplePart) -> tuple[SamplePart, ...]:
        """Give the earlier samples that are worth nothing before today's rules have judged them.

        Args:
            task: The task as it is today.
            model: The model.
            planned: A sample of today, for what it is asked with.

        Returns:
            All earlier samples; none where they can be compared as they are, or not at all.
        """
        found = self._earlier(task, model)
        if found is None:
            return ()
        was, old = found
        alike = other_question(was, task, old.samples, [planned]) is None
        replies = any(sample.answer.reply for sample in old.samples)
        other = other_judging(was, task, Setting.of(self.document.run), self.today) is not None
        return old.samples if alike and replies and other else ()

    def pair(
        self, task: TaskPart, model: str, samples: Sequence[SamplePart], rejudged: tuple[SamplePart, ...]
    ) -> Pair | LeftOut:
        """Pair today's samples with the earlier ones, or say why that is not possible."""
        found = self._earlier(task, model)
        if found is None:
            return LeftOut(what=task.id, model=model, reason=f"not in {self.name}")
        was, old = found
        settings = Setting.of(self.document.run), self.today
        return pair_of((was, task), model, (old.samples, tuple(samples)), settings, rejudged or None)

    def _earlier(self, task: TaskPart, model: str) -> tuple[TaskPart, ResultPart] | None:
        was = next((one for one in self.document.tasks if one.key == task.key), None)
        old = [r for r in self.document.results if was is not None and (r.task, r.model) == (was.id, model)]
        return (was, old[0]) if was is not None and old else None
