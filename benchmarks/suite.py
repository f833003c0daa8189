"""The tasks of the built-in suite, for scripts that judge by them outside of pytest."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from pytest_llmbench.errors import UsageError
from pytest_llmbench.tasks.build import build_task
from pytest_llmbench.tasks.decorator import ATTRIBUTE
from pytest_llmbench.tasks.task import Task

SUITE = Path(__file__).parent.parent / "task_suites" / "backend"


def load_task(folder: Path) -> Task:
    """Read the task of a folder.

    Raises:
        UsageError: The folder has no task, or a task that is declared wrongly.
    """
    path = folder / f"test_{folder.name}.py"
    spec = importlib.util.spec_from_file_location(f"suite_{folder.name}", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} is not there: a task's folder holds a test_NAME.py of the same name")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, f"test_{folder.name}", None)
    if function is None or not hasattr(function, ATTRIBUTE):
        raise UsageError(f"{path} has no task test_{folder.name}")
    return build_task(function, path)
