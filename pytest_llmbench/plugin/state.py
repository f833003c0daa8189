"""The state of one pytest session: its settings, models and tasks, and the bench that runs behind them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from pytest_llmbench.bench.bench import Bench, Job
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.bench.outcome import Outcome
from pytest_llmbench.bench.rejudging import Rejudging
from pytest_llmbench.bench.trials import Selected, identified, make_trials, plain_trial
from pytest_llmbench.bench.waiting import nothing
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.errors import TaskError, ToolchainMissing, UsageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.plugin.benches import make_bench
from pytest_llmbench.plugin.comparing import Comparing
from pytest_llmbench.plugin.keeping import Keeping
from pytest_llmbench.plugin.output import BodyOutput
from pytest_llmbench.plugin.settings import Settings
from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.scoring.judge import Evaluation
from pytest_llmbench.scoring.proof import faulty_problem
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.tasks.task import Task

if TYPE_CHECKING:
    # Few sessions have workers, or tests that ask by the fixture.
    from pytest_llmbench.plugin.handover import CallWanted
    from pytest_llmbench.plugin.items import ModelItem, TaskItem
    from pytest_llmbench.plugin.team import Team


class State:
    """Everything that hooks and items share; one per session, made only where there are tasks or options.

    Args:
        config: pytest's configuration.
        settings: The resolved options.
        selected: The models to ask, each with its provider; empty where solutions are proved.
        judge: Who is asked for opinions, if anybody is.
        keeping: Where the run is kept.
        comparing: Knows the earlier run to compare with.
    """

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        selected: tuple[Selected, ...],
        judge: Selected | None,
        keeping: Keeping,
        comparing: Comparing,
    ) -> None:
        self.config = config
        self.settings = settings
        self.comparing = comparing
        self._rejudging: dict[str, Rejudging] = {}
        self._asked_of: dict[str, tuple[Trial, ...]] = {}
        self.selected = {chosen.model.id: chosen for chosen in selected}
        self.judge = judge
        self.keeping = keeping
        self.output = BodyOutput(config)
        self._tasks: dict[tuple[str, str], Task] = {}
        self._languages = Languages(os.environ, self._tell, spares=len(os.sched_getaffinity(0)))
        self._bench: Bench | None = None
        self._refusal: str | None = None
        self._told_level = ""
        self.meanwhile = nothing
        self.team: Team | None = None

    @property
    def models(self) -> tuple[Model, ...]:
        """The models to ask."""
        return tuple(chosen.model for chosen in self.selected.values())

    @property
    def asks(self) -> bool:
        """Whether calls are made: answers of a run that is over cost nothing."""
        return bool(self.selected) and self.keeping.answers is None

    @property
    def sandbox_level(self) -> str:
        """The level of isolation that is in use; empty before it is chosen."""
        return self._told_level if self._bench is None else self._bench.judging.level

    def add_task(self, task: Task) -> None:
        """Take note of a task.

        Raises:
            TaskError: Another task of this suite has the same id.
        """
        key = (str(task.path.parent.parent), task.id)
        other = self._tasks.setdefault(key, task)
        if other.path != task.path:
            raise TaskError(
                f"another task of the suite {task.suite!r} has the id {task.id!r} ({other.path}): rename one"
            )

    def start(self, items: Iterable[TaskItem], *, one_by_one: bool) -> None:
        """Choose the sandbox, make toolchains ready, and start all that the items will wait for.

        Args:
            items: All items.
            one_by_one: Whether each one's own is only started when its turn comes.

        Raises:
            UsageError: A rule of the gate, or the run that is to be gone on with, is about other tasks.
            pytest.UsageError: No sandbox works here, or something that calling needs is not there.
        """
        self.keeping.check_resumable(trial for job in self.jobs(items) for trial in job.trials)
        self.comparing.check_rules(list(self._tasks.values()))
        self._opened(Bench.open)
        self._languages.prepare(task.language for task in self._tasks.values())
        self.output.on()
        if one_by_one:
            self._opened().expect(self.jobs(items))
        else:
            self.schedule(items)

    def refuse(self, text: str) -> None:
        """Have everything from now on fail with a usage error."""
        self._refusal = text

    @property
    def missing_toolchains(self) -> dict[Language, ToolchainMissing]:
        """The languages whose tasks cannot be judged here, and why."""
        return self._languages.missing

    def jobs(self, items: Iterable[TaskItem]) -> list[Job]:
        """Give what is to be asked for items."""
        from pytest_llmbench.plugin.items import ModelItem

        return [
            Job(item.task, self._trials(item), list(self._tasks.values()).index(item.task))
            for item in items
            if isinstance(item, ModelItem)
        ]

    def schedule(self, items: Iterable[TaskItem]) -> None:
        """Start the calls of model items, and the judging of solution items."""
        from pytest_llmbench.plugin.items import ModelItem, SolutionItem

        items = list(items)
        bench = self._opened()
        if jobs := self.jobs(items):
            bench.schedule(jobs)
        for item in items:
            if isinstance(item, ModelItem):
                self._rejudge(bench, item)
            elif isinstance(item, SolutionItem) and item.solution.kind == "faulty":
                bench.judging.judge_faulty(item.task, item.solution)
            elif item.task.solutions:
                bench.judging.prove(item.task)

    def unanswered(self, item: ModelItem) -> str | None:
        """Say why an item cannot be judged from a run's answers, or give None.

        Raises:
            TaskError: A run that stands in for models was asked something else.
        """
        answers = self.keeping.answers
        if answers is None:
            return None
        trials = self._trials(item)
        if not trials:
            return f"{answers.origin}: {item.model.id} was not asked about {item.task.id}"
        if self.settings.replay is not None and any(t.prompt != item.task.prompt for t in trials):
            raise TaskError(
                f"the prompt of {item.task.id} has changed since the run was made ({answers.origin}): ask the"
                " models again, and export that run"
            )
        return None

    def results(self, item: ModelItem) -> tuple[tuple[Outcome, ...], tuple[SamplePart, ...]]:
        """Wait for all samples of an item, and for those of an earlier run that are judged again."""
        if self.team is not None:
            from pytest_llmbench.plugin.handover import ItemWanted, from_leader

            reply = from_leader(self.team, ItemWanted(item=item.nodeid))
            if reply is not None:
                self._told_level = reply.sandbox
                return reply.outcomes(self._trials(item)), reply.rejudged
        self.schedule([item])
        bench = self._opened()
        return bench.outcomes(self._trials(item), self.meanwhile), self._rejudging[item.nodeid].results(
            bench.wait
        )

    def solution_result(self, task: Task, solution: Solution) -> tuple[Evaluation, str | None]:
        """Wait for the judgement of a solution; with it, what it fails to prove, or None."""
        bench = self._opened()
        proof = bench.proof(task)
        if solution.kind == "reference":
            return proof.evaluations[solution.name], proof.problems.get(solution.name)
        evaluation = bench.wait(bench.judging.judge_faulty(task, solution))
        return evaluation, faulty_problem(solution, proof, evaluation.scorecard)

    def lint(self, task: Task) -> list[str]:
        """Wait for the judgement of all of a task's solutions, and give what it lacks."""
        from pytest_llmbench.bench.linting import lint

        return lint(task, self._opened())

    def ask(self, wanted: CallWanted) -> Future[Completion | ApiFailure]:
        """Make one call for a plain test."""
        if self.team is None or self.team.leads():
            bench = self._opened(Bench.open_calls)
            asked = self._asked(wanted.model)
            return bench.ask(plain_trial(wanted.test, wanted.prompt, asked, wanted.sampling, wanted.index))
        future: Future[Completion | ApiFailure] = Future()
        threading.Thread(target=self._ask_leader, args=(self.team, wanted, future), daemon=True).start()
        return future

    def stop_scheduling(self) -> None:
        """Make no further call."""
        if self._bench is not None:
            self._bench.stop_scheduling()

    def finish(self) -> None:
        """Wait for calls in flight, after `stop_scheduling`."""
        if self._bench is not None and self._bench.in_flight:
            self._tell(f"waiting for calls in flight, which are paid for: {self._bench.in_flight}")
            self._bench.finish()

    def close(self) -> None:
        """End everything that runs."""
        bench, self._bench = self._bench, None
        self._asked_of.clear()
        if bench is not None:
            bench.close()
            self.keeping.ended(bench.journal)
            self.output.off()
        if self.team is not None:
            self.team.close()

    def _ask_leader(self, team: Team, wanted: CallWanted, future: Future[Completion | ApiFailure]) -> None:
        from pytest_llmbench.plugin.handover import from_leader

        try:
            reply = from_leader(team, wanted)
            found = self.ask(wanted).result() if reply is None else reply.completion or reply.failure
            assert found is not None, "one of them is there"  # noqa: S101 - a bug, not a condition
            future.set_result(found)
        except Exception as error:  # noqa: BLE001 - the test that waits has to see it
            future.set_exception(error)

    def _tell(self, text: str) -> None:
        """Say on the terminal what takes long before the first item."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(text)

    def _rejudge(self, bench: Bench, item: ModelItem) -> None:
        if item.nodeid in self._rejudging:
            return
        trials = self._trials(item)
        samples = self.comparing.to_rejudge(item.task, item.model.id, trials[0]) if trials else ()
        self._rejudging[item.nodeid] = Rejudging.start(bench.judging, item.task, samples)

    def _trials(self, item: ModelItem) -> tuple[Trial, ...]:
        answers = self.keeping.answers
        if answers is not None:
            return answers.trials(item.task.suite, item.task.id, item.model.id)
        if item.nodeid not in self._asked_of:
            asked = self._asked(item.model.id)
            self._asked_of[item.nodeid] = make_trials(item.task, asked, self.settings.sampling)
        return self._asked_of[item.nodeid]

    def _asked(self, model: str) -> Selected:
        """Give a model as it is asked: of the embedded one its file is known from here on."""
        chosen = self.selected[model] = identified(self.selected[model], self.settings.gguf)
        return chosen

    def _opened(self, opening: Callable[[Bench], None] | None = None) -> Bench:
        """Give the bench, made on first use, with what `opening` makes ready."""
        if self._refusal is not None:
            raise UsageError(self._refusal)
        if self._bench is None:
            slots = 1 if self.config.option.usepdb else None
            self._bench = make_bench(
                self.settings, self.selected, self.judge, self.keeping, self._languages, slots
            )
        if opening is not None:
            try:
                opening(self._bench)
            except UsageError as error:
                raise pytest.UsageError(str(error)) from None
        return self._bench
