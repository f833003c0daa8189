"""The bench: makes the calls on one loop, has the replies judged on another, and lets callers wait.

The two loops keep the computing of bodies out of the latency of calls. A task's calls start when its
references are proved, and not before.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pytest_llmbench.bench.answers_first import AnswersFirst
from pytest_llmbench.bench.calling import Call, Caller
from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.bench.loops import LoopThread
from pytest_llmbench.bench.outcome import Outcome, api_failed, not_judged, task_part
from pytest_llmbench.bench.waiting import STALL_S, Waiting, nothing
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.errors import StorageError
from pytest_llmbench.scoring.proof import Proof
from pytest_llmbench.tasks.task import Task

if TYPE_CHECKING:
    # Where nothing is asked nothing is stored, and the database's library is not imported; few ask a judge.
    from pytest_llmbench.bench.opinions import Opinions
    from pytest_llmbench.storage.journal import Journal

T = TypeVar("T")


@dataclass(frozen=True)
class Job:
    """All samples of one task by one model; `position` is the task's place in reports."""

    task: Task
    trials: tuple[Trial, ...]
    position: int = 0


class Bench:
    """Runs jobs in the background.

    Args:
        judging: The judging side, opened by `open` and closed by `close`.
        make_caller: Makes what calls models; None where only solutions are judged.
        make_journal: Begins the run's journal, once it is known how answers will be judged; None where
            nothing is stored.
        opinions: Gives opinions on what is judged; None where there are none.
        answers_first: Whether opinions are asked for only after all answers.
        stall_s: Seconds without a heartbeat after which waiting ends with an error.
    """

    def __init__(
        self,
        judging: JudgingSide,
        make_caller: Callable[[], Caller] | None = None,
        make_journal: Callable[[], Journal] | None = None,
        *,
        opinions: Opinions | None = None,
        answers_first: bool = False,
        stall_s: float = STALL_S,
    ) -> None:
        self.judging = judging
        self._make_caller = make_caller
        self._make_journal = make_journal
        self.journal: Journal | None = None
        self._waiting = Waiting(lambda: filter(None, (self.judging.loop, self._calls)), stall_s)
        self._caller: Caller | None = None
        self._calls: LoopThread | None = None
        self._opinions = opinions
        self._answers = AnswersFirst(wanted=answers_first)
        self._outcomes: dict[str, Future[Outcome]] = {}
        self._in_flight = 0
        self._landing = threading.Condition()
        self._stopped = False

    def open(self) -> None:
        """Choose the sandbox, and make ready to call.

        Raises:
            SandboxUnavailable: No level of isolation works on this machine.
            UsageError: Something that calling needs is not there.
        """
        self.judging.open()
        self.open_calls()

    def open_calls(self) -> None:
        """Make ready to call, and not to judge; harmless when that is done already.

        Raises:
            UsageError: Something that calling needs is not there.
        """
        if self._make_caller is not None and self._calls is None:
            if self._make_journal is not None:
                self.journal = self._make_journal()
            self._calls = LoopThread("llmbench-calls")
            caller = self._make_caller()
            self._caller = self._calls.submit(caller.__aenter__()).result()

    def schedule(self, jobs: Iterable[Job]) -> None:
        """Start jobs; results are had by `outcomes`. A trial that is known already is not run again."""
        assert self._calls is not None, "open() comes first"  # noqa: S101 - a bug, not a condition
        fresh = [self._fresh(job) for job in jobs]
        self.expect(fresh)
        for job in fresh:
            self._calls.submit(self._run(job))

    def _fresh(self, job: Job) -> Job:
        fresh = tuple(trial for trial in job.trials if trial.key not in self._outcomes)
        self._outcomes.update({trial.key: Future() for trial in fresh})
        self._answers.expect(trial.key for trial in fresh)
        return replace(job, trials=fresh)

    def expect(self, jobs: Iterable[Job]) -> None:
        """Write down what the run is made of, before it starts."""
        for job in jobs:
            if self.journal is not None:
                self.journal.expect(task_part(job.task), job.position, job.trials)

    def ask(self, trial: Trial) -> Future[Completion | ApiFailure]:
        """Make one call whose reply is not judged."""
        assert self._calls is not None, "open_calls() comes first"  # noqa: S101 - a bug, not a condition
        return self._calls.submit(self._asked(trial))

    def outcomes(
        self, trials: Iterable[Trial], meanwhile: Callable[[], bool] = nothing
    ) -> tuple[Outcome, ...]:
        """Wait for trials.

        Args:
            trials: The trials.
            meanwhile: Called again and again while none comes; says whether there is more to do.

        Raises:
            BlockedLoopError: Code of an author blocks a loop.
        """
        try:
            futures = [self._outcomes[trial.key] for trial in trials]
        except KeyError:  # the bench was closed before they were wanted
            raise CancelledError from None
        # The last is likely to come last: to be woken for each of them would take time from the loops.
        for future in reversed(futures):
            self._waiting.wait(future, meanwhile)
        return tuple(future.result() for future in futures)

    def proof(self, task: Task) -> Proof:
        """Wait for the proof of a task's references."""
        return self.wait(self.judging.prove(task))

    def wait(self, future: Future[T]) -> T:
        """Wait for a result from either loop, and watch that both go round.

        Raises:
            BlockedLoopError: One of them does not.
        """
        return self._waiting.wait(future)

    def stop_scheduling(self) -> None:
        """Make no further call, also none that waits already; calls in flight finish."""
        if self._stopped:
            return
        self._stopped = True
        if self._calls is not None and self._caller is not None:
            self._calls.submit(self._caller.stop()).result()

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return self._in_flight

    def finish(self) -> None:
        """Wait for the calls under way: they are paid for in any case."""
        with self._landing:
            self._landing.wait_for(lambda: not self._in_flight)

    def close(self) -> None:
        """Cancel what is under way, close connections, end servers and sandboxes."""
        self._stopped = True
        if self._calls is not None:
            caller, self._caller = self._caller, None
            if caller is not None:
                with suppress(Exception):
                    self._calls.submit(caller.__aexit__(None, None, None)).result(10)
            self._calls.close()
        self.judging.close()
        # Whoever waits in another thread is not to wait for ever.
        for future in self._outcomes.values():
            future.cancel()
        self._outcomes = {}
        if self.journal is not None:
            self.journal.close()

    async def _run(self, job: Job) -> None:
        try:
            await self._proved_and_asked(job)
        finally:
            self._answers.over(trial.key for trial in job.trials)

    async def _proved_and_asked(self, job: Job) -> None:
        try:
            proof = await asyncio.wrap_future(self.judging.prove(job.task))
        except Exception as error:  # noqa: BLE001 - whoever waits for the trials has to see it
            for trial in job.trials:
                self._outcomes[trial.key].set_exception(error)
            return
        if proof.failed is not None:
            text = f"the task is not proved, so no model was asked\n{proof.failed}"
            for trial in job.trials:
                outcome = not_judged(trial, proof.status, text)
                self._judged(outcome)
                self._outcomes[trial.key].set_result(outcome)
            return
        await asyncio.gather(*(self._settle(job.task, trial) for trial in job.trials))

    async def _settle(self, task: Task, trial: Trial) -> None:
        """Give a trial's future its result, whatever happens."""
        future = self._outcomes[trial.key]
        try:
            outcome = await self._outcome(task, trial)
            self._judged(outcome)
            outcome = await self._with_opinion(task, outcome)
        except asyncio.CancelledError:
            future.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - whoever waits for the trial has to see it
            future.set_exception(error)
        else:
            future.set_result(outcome)

    def _judged(self, outcome: Outcome) -> None:
        if self.journal is not None:
            self.journal.judged(outcome.trial, outcome.scorecard, outcome.answer)

    async def _with_opinion(self, task: Task, outcome: Outcome) -> Outcome:
        """Ask for an opinion, if anybody does; by now the answer is judged, and that is kept."""
        if self._opinions is None:
            return outcome

        async def call(trial: Trial) -> Completion | ApiFailure:
            await self._answers.wait()
            if self.journal is not None:
                self.journal.expect(None, 0, [trial])
                self.journal.opinion(outcome.trial, trial.key)
            return await self._completed(trial, "", self._ready().opine)

        opinion = await self._opinions.about(task, outcome, call)
        if opinion is not None and self.journal is not None:
            self.journal.opinion(outcome.trial, opinion.call, opinion)
        return outcome._replace(opinion=opinion)

    async def _outcome(self, task: Task, trial: Trial) -> Outcome:
        if self._stopped:
            raise asyncio.CancelledError
        try:
            reply = await self._completed(trial, task.suite, self._ready().complete)
        finally:
            self._answers.over([trial.key])
        if isinstance(reply, ApiFailure):
            if reply.kind == "cancelled":
                raise asyncio.CancelledError
            return api_failed(trial, reply)
        judged = self.judging.judge_reply(task, reply)
        answer, evaluation = judged.result() if judged.done() else await asyncio.wrap_future(judged)
        return Outcome(trial, evaluation, completion=reply, answer=answer)

    async def _asked(self, trial: Trial) -> Completion | ApiFailure:
        if self.journal is not None:
            self.journal.expect(None, 0, [trial])
        return await self._completed(trial, "", self._ready().complete)

    def _ready(self) -> Caller:
        assert self._caller is not None, "open_calls() comes first"  # noqa: S101 - a bug, not a condition
        return self._caller

    async def _completed(self, trial: Trial, suite: str, call: Call) -> Completion | ApiFailure:
        """Make a call, kept note of while it goes on; what it gave is on the disk before it is seen."""
        if self.journal is not None and (known := await self.journal.stored(trial)) is not None:
            return known
        with self._landing:
            self._in_flight += 1
        try:
            reply = await call(trial)
            if self.journal is not None and isinstance(reply, Completion):
                with suppress(StorageError):  # the journal tells it; an answer that is here is judged
                    await self.journal.completed(suite, trial, reply)
            return reply
        finally:
            with self._landing:
                self._in_flight -= 1
                self._landing.notify_all()
