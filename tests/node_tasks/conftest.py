"""The three tasks that run in Node, judged for real; skipped where Node or a sandbox is missing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

import pytest
from node_tasks import TASKS, task_named

from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.errors import UsageError
from pytest_llmbench.sandbox.base import Sandbox
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.scoring.proof import Proof, prove_references

T = TypeVar("T")


def needed(make: Callable[[], T]) -> T:
    try:
        return make()
    except UsageError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return needed(lambda: asyncio.run(choose_sandbox(allow_unsafe=False, environ=os.environ)))


@pytest.fixture(scope="session")
def languages() -> Languages:
    found = Languages(os.environ)
    found.prepare(["javascript", "typescript"])
    for missing in found.missing.values():
        if os.environ.get("CI"):
            raise missing
        pytest.skip(str(missing))
    return found


@pytest.fixture(scope="session")
def judge(languages: Languages, sandbox: Sandbox) -> Judge:
    return languages.judge(sandbox)


@pytest.fixture(scope="session")
def proofs(judge: Judge) -> dict[str, Proof]:
    """What the references of each task show; made when a task is first asked for."""

    class Proofs(dict[str, Proof]):
        def __missing__(self, name: str) -> Proof:
            assert name in TASKS
            self[name] = asyncio.run(prove_references(task_named(name), judge))
            return self[name]

    return Proofs()
