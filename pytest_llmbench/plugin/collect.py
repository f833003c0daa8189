"""From a function that `@llm_task` decorated to pytest items: one per model, or one per solution."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType

import pytest

from pytest_llmbench.errors import TaskError
from pytest_llmbench.plugin.items import ModelItem, SolutionItem, TaskItem, UnprovableItem
from pytest_llmbench.plugin.lint import LintItem
from pytest_llmbench.plugin.state import State
from pytest_llmbench.tasks.build import build_task
from pytest_llmbench.tasks.task import Task

_REFUSED_MARKS = ("parametrize", "usefixtures")


def collect_task(collector: pytest.Collector, function: FunctionType, state: State) -> list[TaskItem]:
    """Make the items of one task.

    Raises:
        pytest.Collector.CollectError: The task is declared wrongly; the text names it and its line.
    """
    try:
        _refuse(collector, function)
        task = build_task(function, collector.path)
        state.add_task(task)
    except TaskError as error:
        line = function.__code__.co_firstlineno
        raise collector.CollectError(f"{collector.path}:{line}: {function.__name__}: {error}") from None
    return list(_items(collector, function, task, state))


def _items(
    collector: pytest.Collector, function: FunctionType, task: Task, state: State
) -> Iterator[TaskItem]:
    if state.models:
        for model in state.models:
            yield ModelItem.of(collector, function, task, state, model.id, model=model)
    elif task.solutions:
        for solution in task.solutions:
            yield SolutionItem.of(collector, function, task, state, solution.name, solution=solution)
    else:
        yield UnprovableItem.of(collector, function, task, state, "no solutions")
    if state.settings.lint:
        yield LintItem.of(collector, function, task, state, "lint")


def _refuse(collector: pytest.Collector, function: FunctionType) -> None:
    if not isinstance(collector, pytest.Module):
        raise TaskError("a task stands in a module, not in a class")
    marks = [*collector.iter_markers(), *getattr(function, "pytestmark", ())]
    for mark in marks:
        # anyio's plugin puts its own fixture on every coroutine function before we see it.
        if mark.name in _REFUSED_MARKS and mark.args != ("anyio_backend",):
            raise TaskError(
                f"the mark {mark.name!r} does not reach a task, which is judged outside of pytest's fixtures:"
                " remove it (write one task per prompt; a plain test can use the 'llm' fixture)"
            )
