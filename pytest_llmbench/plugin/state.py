"""The state of one pytest session: its settings, models and tasks, and the bench that runs behind them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from pytest_llmbench.bench.bench import Bench, Caller, Job
from pytest_llmbench.bench.caller import ModelCaller
from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.bench.kept import KeptCaller
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.bench.linting import lint
from pytest_llmbench.bench.outcome import Outcome
from pytest_llmbench.bench.proofs import ProofCache
from pytest_llmbench.bench.rejudging import Rejudging
from pytest_llmbench.bench.trials import Sampling, Selected, make_trials, plain_trial
from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.errors import TaskError, ToolchainMissing, UsageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.plugin.comparing import Comparing
from pytest_llmbench.plugin.keeping import Keeping
from pytest_llmbench.plugin.output import BodyOutput, Driven
from pytest_llmbench.plugin.settings import Settings
from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.scoring.judge import Evaluation
from pytest_llmbench.scoring.proof import faulty_problem
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.tasks.task import Task

if TYPE_CHECKING:
    from pytest_llmbench.plugin.items import ModelItem, TaskItem


class State:
    """Everything that hooks and items share; one per session, made only where there are tasks or options.

    Args:
        config: pytest's configuration.
        settings: The resolved options.
        selected: The models to ask, each with its provider; empty where solutions are proved.
        keeping: Where the run is kept.
        comparing: Knows the earlier run to compare with.
    """

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        selected: tuple[Selected, ...],
        keeping: Keeping,
        comparing: Comparing,
    ) -> None:
        self.config = config
        self.settings = settings
        self.comparing = comparing
        self._rejudging: dict[str, Rejudging] = {}
        self.selected = {chosen.model.id: chosen for chosen in selected}
        self.keeping = keeping
        self.output = BodyOutput(config)
        self._tasks: dict[tuple[str, str], Task] = {}
        self._languages = Languages(os.environ, self._tell, spares=len(os.sched_getaffinity(0)))
        self._bench: Bench | None = None
        self._refusal: str | None = None

    @property
    def models(self) -> tuple[Model, ...]:
        """The models to ask."""
        return tuple(chosen.model for chosen in self.selected.values())

    @property
    def sandbox_level(self) -> str:
        """The level of isolation that is in use; empty before it is chosen."""
        return "" if self._bench is None else self._bench.judging.level

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

        bench = self._opened()
        for item in items:
            if isinstance(item, ModelItem):
                bench.schedule(self.jobs([item]))
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

    def outcomes(self, item: ModelItem) -> tuple[Outcome, ...]:
        """Wait for all samples of an item."""
        self.schedule([item])
        return self._opened().outcomes(self._trials(item))

    def rejudged(self, item: ModelItem) -> tuple[SamplePart, ...]:
        """Wait for the earlier run's samples of an item to be judged by today's rules.

        There are none where that need not be. The item's own samples have to be waited for first.
        """
        started = self._rejudging.get(item.nodeid)
        return () if started is None else started.results(self._opened().wait)

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
        return lint(task, self._opened())

    def ask(
        self, model: str, prompt: str, index: int, sampling: Sampling, test: str
    ) -> Future[Completion | ApiFailure]:
        """Make one call for a plain test."""
        bench = self._opened(Bench.open_calls)
        return bench.ask(plain_trial(test, prompt, self._asked(model), sampling, index))

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
        if bench is not None:
            bench.close()
            self.keeping.ended(bench.journal)
            self.output.off()

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
        return make_trials(item.task, self._asked(item.model.id), self.settings.sampling)

    def _asked(self, model: str) -> Selected:
        """Give a model as it is asked: of the embedded one its file is known from here on."""
        chosen = self.selected[model]
        if chosen.model.embedded and not chosen.content:
            from pytest_llmbench.completions.embedded import hash_gguf

            chosen = chosen.model_copy(update={"content": hash_gguf(self.settings.gguf)})
            self.selected[model] = chosen
        return chosen

    def _make_bench(self) -> Bench:
        settings = self.settings
        judging = JudgingSide(
            choose_sandbox=lambda: choose_sandbox(allow_unsafe=settings.allow_unsafe, environ=os.environ),
            make_judge=lambda sandbox: self._languages.judge(
                sandbox, soft=(pytest.fail.Exception,), drive=Driven, weights=settings.weights
            ),
            slots=1 if self.config.option.usepdb else None,
            # Without models, proving is what the run is for.
            kept=ProofCache(os.environ, self._languages.describe) if self.selected else None,
        )
        if not self.selected:
            return Bench(judging)
        answers = self.keeping.answers
        if answers is not None and settings.replay is not None:
            return Bench(judging, lambda: KeptCaller(answers))
        return Bench(judging, self._make_caller, lambda: self.keeping.begin(judging.level, self.models))

    def _make_caller(self) -> Caller:
        settings = self.settings
        if self.keeping.answers is not None:
            return KeptCaller(self.keeping.answers)
        return ModelCaller(
            self.selected,
            environ=os.environ,
            concurrency=settings.concurrency,
            timeout_s=settings.timeout,
            retries=settings.retries,
            gguf=settings.gguf,
            ledger=None if self._bench is None else self._bench.journal,
        )

    def _opened(self, opening: Callable[[Bench], None] | None = None) -> Bench:
        """Give the bench, made on first use, with what `opening` makes ready."""
        if self._refusal is not None:
            raise UsageError(self._refusal)
        if self._bench is None:
            self._bench = self._make_bench()
        if opening is not None:
            try:
                opening(self._bench)
            except UsageError as error:
                raise pytest.UsageError(str(error)) from None
        return self._bench
