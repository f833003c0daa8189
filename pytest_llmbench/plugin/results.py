"""Gathers results from test reports, and writes the files at the end.

Where tests run in other processes, results travel on pytest's own reports to the one that writes the files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from pytest_llmbench.bench.outcome import sample_of, task_part
from pytest_llmbench.bench.provenance import versions
from pytest_llmbench.errors import UsageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.plugin.ahead import Ahead
from pytest_llmbench.plugin.past import beside_past
from pytest_llmbench.report.assembly import Entry, assemble
from pytest_llmbench.report.csv_file import write_csv
from pytest_llmbench.report.document import RunDocument, RunPart, SamplePart, TaskPart
from pytest_llmbench.report.files import check_writable
from pytest_llmbench.report.json_file import write_json
from pytest_llmbench.report.terminal import Line, table_lines

if TYPE_CHECKING:
    import pytest

    from pytest_llmbench.plugin.comparing import Comparing
    from pytest_llmbench.plugin.items import ModelItem
    from pytest_llmbench.plugin.keeping import Keeping
    from pytest_llmbench.plugin.settings import Settings

ATTRIBUTE = "llmbench"
"""The attribute of a test report that carries a `Payload` as JSON text to another process.

In the process that writes the files it is True: what was found out is there already.
"""


class Payload(BaseModel):
    """What one item found out, in a form that crosses processes."""

    model_config = ConfigDict(frozen=True)

    task: TaskPart
    model: str
    samples: tuple[SamplePart, ...]
    sandbox: str
    rejudged: tuple[SamplePart, ...] = ()


def payload_of(item: ModelItem) -> Payload:
    """Give an item's results."""
    return Payload(
        task=task_part(item.task),
        model=item.model.id,
        samples=tuple(sample_of(outcome, item.model) for outcome in item.outcomes),
        sandbox=item.state.sandbox_level,
        rejudged=item.rejudged,
    )


class Results:
    """The results of a session.

    Args:
        settings: The resolved options.
        models: The models that were asked, in the order of the command line.
        keeping: Which run it is, and where its answers come from.
        comparing: Compares the run with an earlier one.
        compiled: Where the compiled templates of the report are kept.
        clock: Gives seconds that only ever grow.
    """

    def __init__(
        self,
        settings: Settings,
        models: tuple[Model, ...],
        keeping: Keeping,
        comparing: Comparing,
        compiled: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._models = models
        self._keeping = keeping
        self._samples = settings.samples if keeping.answers is None else keeping.answers.samples
        self._comparing = comparing
        self._clock = clock
        self._began = clock()
        self._payloads: dict[tuple[str, str, str], Payload] = {}
        self._ahead = Ahead(compiled)
        self.document: RunDocument | None = None

    def add(self, payload: Payload) -> None:
        """Take what an item has found out. Of one that ran twice the last counts."""
        key = payload.task.suite, payload.task.id
        again = (*key, payload.model) in self._payloads
        self._payloads[*key, payload.model] = payload
        if not again:
            self._ahead.came(key, partial(self._alone, key))

    def take(self, report: pytest.TestReport) -> bool:
        """Take what a report of another process carries; say whether there was anything to carry."""
        carried: str | bool = getattr(report, ATTRIBUTE, False)
        if isinstance(carried, str):
            self.add(Payload.model_validate_json(carried))
        return bool(carried)

    @property
    def duration_s(self) -> float:
        """Seconds since the session began, up to the writing of its files."""
        if self.document is not None:
            return self.document.run.duration_s
        return round(self._clock() - self._began, 2)

    def check_paths(self) -> None:
        """Try whether the files can be written.

        Raises:
            UsageError: One cannot; the text names it.
        """
        if self._settings.json_path is not None:
            check_writable(self._settings.json_path, "the JSON file")
        if self._settings.markdown is not None:
            check_writable(self._settings.markdown, "the Markdown summary")
        if self._settings.csv_path is not None:
            check_writable(self._settings.csv_path, "the CSV file")
        check_writable(self._settings.report, "the HTML report")

    def expect(self, items: Sequence[ModelItem]) -> None:
        """Tell which items will give results: what can be done for the report before its time may begin."""
        self._ahead.expect([(item.task.suite, item.task.id) for item in items], self._samples)
        if items and self._keeping.storage is not None:
            tasks = {(item.task.suite, item.task.id): item.task.hash for item in items}
            models = {item.model.id for item in items}
            self._ahead.read_past(self._run(), tasks, models, self._keeping.storage)

    def work_ahead(self) -> bool:
        """Do a piece of that; say whether there was any left."""
        return self._ahead.work()

    def write(self) -> tuple[list[str], list[str]]:
        """Write the files. One that cannot be written does not keep the others from being written.

        Returns:
            Where they are, and what went wrong.
        """
        if not self._payloads:
            return [], []
        document, written = beside_past(
            self._assembled(self._payloads.values()), self._keeping.storage, self._ahead.earlier
        )
        self.document = document
        errors: list[str] = []
        steps: list[tuple[str, Callable[[], None]]] = [
            ("", lambda: self._comparing.judge(document, self._rejudged(document))),
            *(
                (f"{label}: {path}", partial(self._write, write, path))
                for label, path, write in self._files()
            ),
            ("", lambda: self._comparing.add_step_summary(document)),
        ]
        for told, step in steps:
            try:
                step()
            except UsageError as error:
                errors.append(str(error))
            else:
                written += [told] if told else []
        return written, errors

    def _write(self, write: Callable[[Path, RunDocument], None], path: Path) -> None:
        if self.document is not None:
            write(path, self._comparing.beside(self.document))

    def _draw(self, path: Path, document: RunDocument) -> None:
        from pytest_llmbench.report.html import write_html

        write_html(path, document, self._ahead.environment, self._ahead.blocks)

    def _files(self) -> list[tuple[str, Path, Callable[[Path, RunDocument], None]]]:
        files: list[tuple[str, Path | None, Callable[[Path, RunDocument], None]]] = [
            ("JSON", self._settings.json_path, write_json),
            ("CSV", self._settings.csv_path, write_csv),
            ("Markdown", self._settings.markdown, self._comparing.write_markdown),
            ("report", self._settings.report, self._draw),
        ]
        return [(label, path, write) for label, path, write in files if path is not None]

    def _rejudged(self, document: RunDocument) -> dict[tuple[str, str], tuple[SamplePart, ...]]:
        """Give the earlier run's samples as judged today, by the names that tasks have in the document."""
        names = {task.key: task.id for task in document.tasks}
        return {
            (names[suite, task], model): payload.rejudged
            for (suite, task, model), payload in self._payloads.items()
            if payload.rejudged
        }

    def lines(self, width: int) -> list[Line]:
        """Give the leaderboard for a terminal."""
        return [] if self.document is None else table_lines(self.document, width)

    def _alone(self, key: tuple[str, str]) -> RunDocument:
        """Give a run of one task, whose models have no intervals."""
        found = [payload for (*task, _), payload in self._payloads.items() if tuple(task) == key]
        return self._assembled(found, intervals=False)

    def _assembled(self, payloads: Iterable[Payload], *, intervals: bool = True) -> RunDocument:
        entries = (
            Entry(payload.task, payload.model, sample) for payload in payloads for sample in payload.samples
        )
        return assemble(self._run(), entries, self._models, intervals=intervals)

    def _run(self) -> RunPart:
        return RunPart(
            id=self._keeping.identity.run,
            started=self._keeping.identity.started,
            duration_s=self.duration_s,
            sandbox=next((payload.sandbox for payload in self._payloads.values()), ""),
            samples=self._samples,
            versions=versions(),
            pass_mark=self._settings.pass_mark,
            weights=self._settings.weights.by_name(),
            caps=dict(self._settings.own_costs.caps),
            costs=dict(self._settings.own_costs.costs),
            command=self._keeping.command,
            origin=self._keeping.origin,
        )
