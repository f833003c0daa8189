"""The journal of a run under way: what the pipeline tells, and what it may go on with after each commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from uuid import uuid4

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.budget import NANO, settled_nano, worst_nano
from pytest_llmbench.completions.completion import ApiFailure, Completion, after_attempts
from pytest_llmbench.completions.ledger import Ticket
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.errors import StorageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.document import TaskPart
from pytest_llmbench.report.numbers import dollars
from pytest_llmbench.scoring.scorecard import Scorecard
from pytest_llmbench.storage import records
from pytest_llmbench.storage.booking import reserve
from pytest_llmbench.storage.claim import SHORT_ID
from pytest_llmbench.storage.database import Database
from pytest_llmbench.storage.records import RunInfo
from pytest_llmbench.storage.rescue import RescueFile, rescue_folders
from pytest_llmbench.storage.writer import Writer
from pytest_llmbench.storage.writes import Row, Write

_LAST = "SELECT body FROM completions WHERE run_id = ? AND trial = ? ORDER BY received DESC LIMIT 1"


class Journal:
    """One run's way into the database; for any thread, but `completed`, which is awaited.

    Args:
        database: Where it is kept.
        info: The run; one that is there already is gone on with.
        resumed: Whether completions that are there already are used.
        budget: What may be booked, in billionths of a USD; None for any sum.
    """

    def __init__(
        self, database: Database, info: RunInfo, *, resumed: bool = False, budget: int | None = None
    ) -> None:
        self.run = info.id
        self._database = database
        self._resumed = resumed
        self._rescue = RescueFile(f"llmbench-{info.id[:SHORT_ID]}", rescue_folders(database.path))
        self._writer = Writer(database, self._rescue)
        self._budget = budget
        self._models: dict[str, Model] = {}
        self._open = 0
        self._settled = asyncio.Event()
        self._told: dict[str, tuple[Write, ...]] = {}
        # Names that no other process gives: to draw each at random would cost a system call.
        self._prefix, self._count = uuid4().hex, count(1)
        self._kept: set[str] = set()
        self._writer.post([records.run_row(info, budget)])

    @property
    def failure(self) -> str | None:
        """What went wrong with the database, and where the answers are; None while all is well."""
        failure = self._writer.failure
        if failure is None:
            return None
        return f"{failure}. {rescued(self._rescue)}"

    @property
    def commits(self) -> int:
        """How many commits there were."""
        return self._writer.commits

    def expect(self, task: TaskPart | None, position: int, trials: Iterable[Trial]) -> None:
        """Tell which trials the run is made of, before they are asked.

        Args:
            task: What they are about; None for what a plain test asks.
            position: The task's place in reports.
            trials: The trials.
        """
        suite = "" if task is None else task.suite
        rows = [] if task is None else [records.task_row(self.run, task, position)]
        for trial in trials:
            self._told[trial.key] = records.trial_rows(self.run, suite, trial)
            rows += self._told[trial.key]
        self._writer.post(rows)

    def models(self, models: Iterable[Model]) -> None:
        """Tell the models, in the order of the report."""
        models = list(models)
        self._models |= {model.id: model for model in models}
        self._writer.post([records.model_row(self.run, model, place) for place, model in enumerate(models)])

    def judge(self, model: Model) -> None:
        """Tell who is asked for opinions: it is booked as models are, and is none of the report's."""
        self._models.setdefault(model.id, model)

    def opinion(self, trial: Trial, call: str, opinion: Opinion | None = None) -> None:
        """Keep that a judge is asked about a trial, by the call of a key; later, what it has said."""
        self._writer.post([records.opinion_row(self.run, trial.key, call, opinion)])

    async def open(self, trial: Trial, number: int) -> Ticket | ApiFailure:
        """Book an attempt; none is made that could exceed the budget, or whose answer could not be stored.

        Where it does not fit now but calls under way may turn out cheaper than was reserved for them, it
        waits for them.
        """
        model = self._models[trial.model]
        worst = worst_nano(trial, model)
        attempt: Row = {"id": self._name(), "run_id": self.run, "trial": trial.key, "number": number}
        row: Row = {**attempt, "started": records.now(), "reserved_nano": worst, **_UNKNOWN}
        ticket = AttemptTicket(self, row, trial, model, number, worst or 0)
        if self._budget is None:
            reserved: Row = {"run": self.run, "change": ticket.reserved, "over": 0}
            self._writer.post([Write("attempt", row), Write("settlement", reserved)])
        while True:
            settled = self._settled
            try:
                fits = self._budget is None or await self._fits(row)
            except StorageError:
                fits = False
            if self._writer.failure is not None:
                text = f"not asked, since no answer could be stored: {self._writer.failure}"
                return ApiFailure(kind="storage", message=text, attempts=number - 1)
            if fits:
                self._open += 1
                return ticket
            if not self._open and not settled.is_set():
                text = f"not asked: it may cost {_usd(worst or 0)}, more than is left of the budget"
                return ApiFailure(kind="budget", message=text, attempts=number - 1)
            await settled.wait()

    async def settle(self, ticket: AttemptTicket, outcome: Completion | Trouble) -> None:
        """Book what an attempt has cost, and keep what it gave, all in one commit."""
        booked = settled_nano(outcome, ticket.trial, ticket.model, ticket.reserved)
        row: Row = {**ticket.row, "ended": records.now(), "outcome": "answered"}
        if isinstance(outcome, Trouble):
            row |= {"outcome": outcome.kind, "status_code": outcome.status_code, "message": outcome.text}
        change: Row = {"run": self.run, "change": booked - ticket.reserved}
        over = max(0, booked - ticket.reserved)
        ended = Write("attempt_end", {**row, "booked_nano": booked})
        writes = [ended, Write("settlement", {**change, "over": over})]
        known, written = self._told.get(ticket.trial.key, ()), None
        if isinstance(outcome, Completion):
            writes.append(self._completion_row(ticket.trial, after_attempts(outcome, ticket.number)))
            written = self._writer.writing(writes, known)
        else:
            self._writer.post(writes, known)
        self._open -= 1
        self._settled.set()
        self._settled = asyncio.Event()
        if written is not None:
            with suppress(StorageError):  # `completed` tells it
                await written
                self._kept.add(ticket.trial.key)

    async def stored(self, trial: Trial) -> Completion | None:
        """Give the completion that a trial has from before, where the run is gone on with.

        Raises:
            StorageError: It cannot be read.
        """
        if not self._resumed:
            return None
        return await asyncio.to_thread(last_completion, self._database, self.run, trial.key)

    async def completed(self, suite: str, trial: Trial, completion: Completion) -> None:
        """Keep a completion; it is on the disk when this returns. One that an attempt has kept is kept once.

        Raises:
            StorageError: Nothing would take it.
        """
        if trial.key in self._kept:
            self._kept.discard(trial.key)
            return
        row, told = self._completion_row(trial, completion), self._told.get(trial.key)
        rows = [row] if told is not None else [*records.trial_rows(self.run, suite, trial), row]
        await self._writer.writing(rows, known=told or ())

    def _completion_row(self, trial: Trial, completion: Completion) -> Write:
        return records.completion_row(self.run, trial.key, completion, self._name())

    async def _fits(self, attempt: Row) -> bool:
        """Reserve what an attempt may cost, if that much is left."""
        return await asyncio.wrap_future(self._writer.decide(lambda connection: reserve(connection, attempt)))

    def _name(self) -> str:
        """Give a name to what is written."""
        return f"{self._prefix}-{next(self._count)}"

    def judged(self, trial: Trial, card: Scorecard, answer: Answer | None) -> None:
        """Keep a judgement."""
        self._writer.post([records.scorecard_row(self.run, trial.key, card, answer)])

    def close(self) -> None:
        """Wait until all is written."""
        self._writer.close()
        self._told = {}


def last_completion(database: Database, run: str, key: str) -> Completion | None:
    """Give the completion of a trial, of several the last; None where it has none.

    Raises:
        StorageError: It cannot be read.
    """
    with database.reading() as connection:
        row = connection.execute(_LAST, (run, key)).fetchone()
    return (
        None if row is None else records.read(Completion, str(row["body"]), f"the completion of trial {key}")
    )


class AttemptTicket:
    """One attempt; without an end it counts as lost.

    Args:
        journal: Where it is booked.
        row: Its row as it began.
        trial: What is asked.
        model: Who is asked.
        number: Which attempt at it this is.
        reserved: What was booked for it, in billionths of a USD.
    """

    def __init__(
        self, journal: Journal, row: Row, trial: Trial, model: Model, number: int, reserved: int
    ) -> None:
        self._journal = journal
        self.number = number
        self.row = row
        self.trial = trial
        self.model = model
        self.reserved = reserved

    async def settle(self, outcome: Completion | Trouble) -> None:
        """Book how it ended, and keep what it gave."""
        await self._journal.settle(self, outcome)


def _usd(nano: int) -> str:
    return dollars(nano / NANO)


_UNKNOWN: Row = dict.fromkeys(("ended", "outcome", "status_code", "message", "booked_nano"))


def rescued(rescue: RescueFile) -> str:
    """Say where answers are that the database did not take."""
    if rescue.path is None:
        return "No answer was lost by that"
    return (
        f"What was paid for since then is in {rescue.path}; once there is room again:"
        f" python -m pytest_llmbench runs import {rescue.path}"
    )
