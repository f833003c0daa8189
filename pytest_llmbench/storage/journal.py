"""The journal of a run under way: what the pipeline tells, and what it may go on with after each commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.ledger import Ticket
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.models.model import Model
from pytest_llmbench.report.document import TaskPart
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.storage import records
from pytest_llmbench.storage.claim import SHORT_ID
from pytest_llmbench.storage.database import Database
from pytest_llmbench.storage.records import RunInfo
from pytest_llmbench.storage.rescue import RescueFile, rescue_folders
from pytest_llmbench.storage.schema import COMPLETIONS
from pytest_llmbench.storage.writer import Writer
from pytest_llmbench.storage.writes import Row, Write


class Journal:
    """One run's way into the database; for any thread, but `completed`, which is awaited.

    Args:
        database: Where it is kept.
        info: The run; one that is there already is gone on with.
        resumed: Whether completions that are there already are used.
    """

    def __init__(self, database: Database, info: RunInfo, *, resumed: bool = False) -> None:
        self.run = info.id
        self._database = database
        self._resumed = resumed
        self._rescue = RescueFile(f"llmbench-{info.id[:SHORT_ID]}", rescue_folders(database.path))
        self._writer = Writer(database, self._rescue)
        self._writer.write([records.run_row(info)])

    @property
    def failure(self) -> str | None:
        """What went wrong with the database, and where the answers are; None while all is well."""
        failure = self._writer.failure
        if failure is None:
            return None
        return f"{failure}. {rescued(self._rescue)}"

    def expect(self, task: TaskPart | None, position: int, trials: Iterable[Trial]) -> None:
        """Tell which trials the run is made of, before they are asked.

        Args:
            task: What they are about; None for what a plain test asks.
            position: The task's place in reports.
            trials: The trials.
        """
        suite = "" if task is None else task.suite
        rows = [] if task is None else [records.task_row(self.run, task, position)]
        self._writer.write([*rows, *(row for t in trials for row in records.trial_rows(self.run, suite, t))])

    def models(self, models: Iterable[Model]) -> None:
        """Tell the models, in the order of the report."""
        self._writer.write([records.model_row(self.run, model, place) for place, model in enumerate(models)])

    async def open(self, trial: Trial, number: int) -> Ticket | ApiFailure:
        """Tell that an attempt at a call begins; once nothing can be stored, none is made any more."""
        if self.failure is not None:
            text = f"not asked, since no answer could be stored: {self._writer.failure}"
            return ApiFailure(kind="storage", message=text, attempts=number - 1)
        return AttemptTicket.begun(self._writer, self.run, trial, number)

    async def stored(self, trial: Trial) -> Completion | None:
        """Give the completion that a trial has from before, where the run is gone on with.

        Raises:
            StorageError: It cannot be read.
        """
        if not self._resumed:
            return None
        return await asyncio.to_thread(last_completion, self._database, self.run, trial.key)

    async def completed(self, suite: str, trial: Trial, completion: Completion) -> None:
        """Keep a completion; it is on the disk when this returns.

        Raises:
            StorageError: Nothing would take it.
        """
        rows = records.trial_rows(self.run, suite, trial)
        writes = (*rows, records.completion_row(self.run, trial.key, completion))
        await asyncio.wrap_future(self._writer.write(writes))

    def judged(self, trial: Trial, card: Scorecard, answer: Answer | None) -> None:
        """Keep a judgement."""
        self._writer.write([records.scorecard_row(self.run, trial.key, card, answer)])

    def close(self) -> None:
        """Wait until all is written."""
        self._writer.close()


def last_completion(database: Database, run: str, key: str) -> Completion | None:
    """Give the completion of a trial, of several the last; None where it has none.

    Raises:
        StorageError: It cannot be read.
    """
    query = (
        select(COMPLETIONS.c.body)
        .where(COMPLETIONS.c.run_id == run, COMPLETIONS.c.trial == key)
        .order_by(COMPLETIONS.c.received.desc())
        .limit(1)
    )
    with database.reading() as connection:
        body = connection.scalar(query)
    return None if body is None else records.read(Completion, body, f"the completion of trial {key}")


@dataclass(frozen=True, slots=True)
class AttemptTicket:
    """One attempt; without an end it counts as lost."""

    writer: Writer
    id: str

    @classmethod
    def begun(cls, writer: Writer, run: str, trial: Trial, number: int) -> AttemptTicket:
        """Write down that it begins."""
        ticket = cls(writer, uuid4().hex)
        row: Row = {"id": ticket.id, "run_id": run, "trial": trial.key, "number": number}
        writer.write([Write("attempt", {**row, "started": records.now(), **_UNKNOWN})])
        return ticket

    def settle(self, outcome: Completion | Trouble) -> None:
        """Write down how it ended."""
        row: Row = {"attempt": self.id, "ended": records.now(), **_UNKNOWN}
        row["outcome"] = "answered"
        if isinstance(outcome, Trouble):
            row |= {"outcome": outcome.kind, "status_code": outcome.status_code, "message": outcome.text}
        self.writer.write([Write("attempt_end", row)])


_UNKNOWN: Row = {"ended": None, "outcome": None, "status_code": None, "message": None}


def rescued(rescue: RescueFile) -> str:
    """Say where answers are that the database did not take."""
    if rescue.path is None:
        return "No answer was lost by that"
    return (
        f"What was paid for since then is in {rescue.path}; once there is room again:"
        f" python -m pytest_llmbench runs import {rescue.path}"
    )
