"""The items: one per (task, model), or one per solution. An item starts nothing: it waits for scorecards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self

import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from pytest_llmbench.bench.outcome import Outcome
from pytest_llmbench.errors import LlmBenchError
from pytest_llmbench.models.model import Model
from pytest_llmbench.plugin.properties import properties
from pytest_llmbench.plugin.state import State
from pytest_llmbench.plugin.texts import below_mark, not_judged_text, solution_text
from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.scoring.judge import Evaluation
from pytest_llmbench.statistics.centre import median
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.tasks.task import Task

if TYPE_CHECKING:
    from pytest_llmbench.comparison.change import TaskChange


class TaskFailure(AssertionError):
    """A task's item has failed; the text is the whole story, a traceback would add nothing."""


# Test runners in editors take any other exception for an error of the runner, not for a failure.
TaskFailure.__name__ = TaskFailure.__qualname__ = "AssertionError"


class TaskItem(pytest.Item):
    """What all items of a task have in common."""

    line: int
    originalname: str
    task: Task
    state: State
    who: str

    @classmethod
    def of(
        cls,
        parent: pytest.Collector,
        function: FunctionType,
        task: Task,
        state: State,
        who: str,
        **more: Any,
    ) -> Self:
        """Make an item. Its node id is given whole: pytest would not find it again for `--lf` otherwise."""
        name = f"{function.__name__}[{who}]"
        item: Self = cls.from_parent(parent, name=name, nodeid=f"{parent.nodeid}::{name}")
        item.line, item.originalname = function.__code__.co_firstlineno, function.__name__
        item.task, item.state, item.who = task, state, who
        for key, value in more.items():
            setattr(item, key, value)
        marks = list(getattr(function, "pytestmark", ()))
        item.own_markers.extend(marks)
        item.keywords.update({mark.name: mark for mark in marks})
        item.extra_keyword_matches.update({*task.tags, task.language, task.suite})
        return item

    @property
    def busy_s(self) -> float:
        """Seconds of work that the item stands for, waiting in line left out."""
        return 0.0

    def reportinfo(self) -> tuple[Any, int, str]:
        """Point at the body."""
        return self.path, self.line - 1, self.name

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """Show a failed task by its text alone."""
        if isinstance(excinfo.value, TaskFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style=style)

    def show_output(self, evaluations: Sequence[Evaluation], labels: Sequence[str]) -> None:
        """Give the output of the bodies to the item that they belong to."""
        for label, evaluation in zip(labels, evaluations, strict=True):
            for kind in dict.fromkeys(kind for kind, _ in evaluation.sections):
                text = "".join(piece for k, piece in evaluation.sections if k == kind)
                self.add_report_section("call", f"{kind} {label}".strip(), text)


class ModelItem(TaskItem):
    """All samples of one task by one model."""

    model: Model
    outcomes: tuple[Outcome, ...] = ()
    rejudged: tuple[SamplePart, ...] = ()
    change: TaskChange | None = None

    def setup(self) -> None:
        """Wait for all samples. What is not the model's fault is an error here, never a failure."""
        if self.config.option.setuponly or self.config.option.setupplan:
            return
        with plainly():
            if reason := self.state.unanswered(self):
                pytest.skip(reason)
            self.outcomes, self.rejudged = self._results()
        self.change = self.state.comparing.change(self)
        self.user_properties.extend(properties(self.outcomes, self.model, self.change))
        evaluations = [outcome.evaluation for outcome in self.outcomes]
        self.show_output(evaluations, [f"of sample {o.trial.index}" for o in self.outcomes])
        for evaluation in evaluations:
            if isinstance(evaluation.raised, pytest.skip.Exception | pytest.exit.Exception):
                raise evaluation.raised
        if text := not_judged_text(self.outcomes):
            pytest.fail(text, pytrace=False)

    def runtest(self) -> None:
        """Hold the median against the pass mark."""
        score = median(outcome.scorecard.total for outcome in self.outcomes)
        assert score is not None, "setup has seen to that"  # noqa: S101 - a bug, not a condition
        mark = self.state.settings.pass_mark
        if score < mark:
            cause = next((f for o in self.outcomes for f in o.evaluation.failures), None)
            raise TaskFailure(below_mark(score, mark, self.outcomes, self.change)) from cause

    def teardown(self) -> None:
        """Let go of the outcomes: what the report needs of them it has by now."""
        self.outcomes, self.rejudged = (), ()

    def _results(self) -> tuple[tuple[Outcome, ...], tuple[SamplePart, ...]]:
        try:
            return self.state.results(self)
        except CancelledError:
            # Where workers run the items, some come to this one after the session was stopped elsewhere.
            pytest.skip("not asked any more: the session was stopped")

    @property
    def busy_s(self) -> float:
        """Seconds of the slowest sample's call and judging, waiting in line left out."""
        return max((outcome.busy_s for outcome in self.outcomes), default=0.0)


class SolutionItem(TaskItem):
    """One of a task's own solutions, which has to be as good, or as bad, as it says."""

    solution: Solution
    evaluation: Evaluation | None = None

    def runtest(self) -> None:
        """Hold the solution against what it has to prove."""
        with plainly():
            self.evaluation, problem = self.state.solution_result(self.task, self.solution)
        self.show_output([self.evaluation], [""])
        raised = self.evaluation.raised
        if isinstance(raised, pytest.skip.Exception | pytest.exit.Exception):
            raise raised
        if self.evaluation.scorecard.status == "sandbox_error":
            pytest.fail(f"not judged: {self.evaluation.scorecard.error}", pytrace=False)
        if problem is not None:
            cause = raised or next(iter(self.evaluation.failures), None)
            raise TaskFailure(solution_text(self.task, self.solution, problem)) from cause

    @property
    def busy_s(self) -> float:
        """Seconds that judging took, waiting in line left out."""
        return 0.0 if self.evaluation is None else self.evaluation.scorecard.judge_s


class UnprovableItem(TaskItem):
    """A task without solutions."""

    def runtest(self) -> None:
        """Say that nothing shows that this task can tell good code from bad."""
        pytest.skip(
            f"no solutions: put reference*.* and faulty_*.* into {self.path.parent / 'solutions'},"
            " and this task proves that it can tell good code from bad"
        )


@contextmanager
def plainly() -> Iterator[None]:
    """Tell an expected error by its text: our own traceback would say nothing to the reader."""
    try:
        yield
    except LlmBenchError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
