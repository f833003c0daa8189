"""What judging needs of each language: something that starts its programs, and its analyzer."""

from __future__ import annotations

from collections.abc import Callable

from pytest_llmbench.errors import TaskError
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.host import HostLauncher
from pytest_llmbench.scoring.analyzers.registry import analyzer_for
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.tasks.task import Task, TaskLimits


def make_judge(
    sandbox: Sandbox,
    *,
    soft: tuple[type[BaseException], ...] = (),
    drive: Callable[[object], object] | None = None,
) -> Judge:
    """Make a judge whose candidates run in a sandbox.

    Args:
        sandbox: Where they run.
        soft: Exceptions outside of `Exception` that fail a check.
        drive: Wraps a body's coroutine; see `Judge`.
    """
    return Judge(launcher=lambda task: launcher(sandbox, task), analyzer=analyzer_for, soft=soft, drive=drive)


def launcher(sandbox: Sandbox, task: Task) -> HostLauncher:
    """Give what starts a task's candidates.

    Raises:
        TaskError: There is no host for the task's language.
    """
    limits = _limits(task.limits)
    if task.language == "python":
        from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher

        return PythonLauncher(sandbox, limits)
    raise TaskError(f"language={task.language!r} cannot be run yet")


def _limits(limits: TaskLimits) -> Limits:
    return Limits(cpu_s=limits.cpu_s, memory_bytes=limits.memory_mb * MIB)
