"""The tasks of the built-in suite that run in Node, read as the plugin reads them."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from labelled import TESTS

from pytest_llmbench.tasks.build import build_task
from pytest_llmbench.tasks.task import Task

TASKS = ("async_race", "dijkstra", "express_users")


@cache
def task_module(name: str) -> Any:
    """The module of a task's file."""
    path = TESTS.parent / "task_suites" / "backend" / name / f"test_{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_task", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def task_named(name: str) -> Task:
    """A task of the suite that ships with the package."""
    module = task_module(name)
    return build_task(getattr(module, f"test_{name}"), Path(module.__file__))
