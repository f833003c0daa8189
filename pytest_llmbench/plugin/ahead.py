"""Work for the report that can be done before the run is over, while answers are awaited."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_llmbench.report.document import RunDocument, RunPart

if TYPE_CHECKING:
    from jinja2 import Environment

    from pytest_llmbench.bench.past import Earlier
    from pytest_llmbench.report.blocks import AnswerBlocks
    from pytest_llmbench.storage.stored import Storage

_FIRST_S = 0.25
"""Seconds that are left to the first requests of a run: to load code meanwhile would hold them up."""

TaskKey = tuple[str, str]
"""A suite, and a task's id in it."""


class Ahead:
    """Pieces of work, of some milliseconds each; all that they give, the session's end can do without.

    Args:
        compiled: Where compiled templates are kept.
        clock: Gives seconds that only ever grow.
    """

    def __init__(self, compiled: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._compiled = compiled
        self._clock = clock
        self._begins = 0.0
        self._pieces: deque[Callable[[], None]] = deque()
        self._awaited: Counter[TaskKey] = Counter()
        self._environment: Environment | None = None
        self.blocks: AnswerBlocks | None = None
        self.earlier: Earlier | None = None

    @property
    def environment(self) -> Environment:
        """Where the report's templates come from."""
        if self._environment is None:
            from pytest_llmbench.report.compiled import CompiledTemplates
            from pytest_llmbench.report.templating import make_environment

            self._environment = make_environment(CompiledTemplates(self._compiled))
        return self._environment

    def expect(self, results: Iterable[TaskKey], samples: int) -> None:
        """Tell what will come: for each result the task that it is one of, and how many samples each has."""
        self._awaited.update(results)
        self._pieces.append(partial(self._load, self._awaited.total() * samples))
        self._begins = self._clock() + _FIRST_S

    def read_past(
        self, run: RunPart, tasks: Mapping[TaskKey, str], models: Iterable[str], storage: Storage
    ) -> None:
        """Have earlier runs read."""
        self._pieces.append(partial(self._read, run, tasks, tuple(models), storage))

    def came(self, key: TaskKey, document: Callable[[], RunDocument]) -> None:
        """Take note of a result; with a task's last one, have the task's answers drawn.

        Args:
            key: The task.
            document: Gives a run of this task alone.
        """
        self._awaited[key] -= 1
        if not self._awaited[key]:
            self._pieces.append(partial(self._draw, document))

    def work(self) -> bool:
        """Do a piece, if it is time for one; say whether any is left. What fails, the end does, and tells."""
        if self._pieces and self._clock() >= self._begins:
            with suppress(Exception):
                self._pieces.popleft()()
        return bool(self._pieces)

    def _load(self, answers: int) -> None:
        from pytest_llmbench.report.blocks import INLINE, AnswerBlocks
        from pytest_llmbench.report.html import write_html  # noqa: F401 - to have it loaded

        for name in self.environment.list_templates(extensions=["j2"]):
            self.environment.get_template(name)
        if answers > INLINE:
            self.blocks = AnswerBlocks(self.environment)

    def _draw(self, document: Callable[[], RunDocument]) -> None:
        if self.blocks is not None:
            self.blocks.draw_ahead(document())

    def _read(
        self, run: RunPart, tasks: Mapping[TaskKey, str], models: tuple[str, ...], storage: Storage
    ) -> None:
        from pytest_llmbench.bench.past import earlier_runs

        self.earlier = earlier_runs(run, tasks, models, storage)
