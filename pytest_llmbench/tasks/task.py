"""A task: what is asked of a model, and the test function that judges what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pydantic import Field

from pytest_llmbench.tasks.language import Language
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.values import Value

# The body's real type is `(Candidate, Score) -> Awaitable[None]`; both live in `scoring`, which
# stands above this package, so that only the shape can be named here.
Body = Callable[[Any, Any], Awaitable[None]]

DEFAULT_MAX_TOKENS = 4096


class TaskLimits(Value):
    """What one sample's code may use in the sandbox."""

    cpu_s: float = Field(default=10.0, gt=0, description="CPU seconds of one process, load included")
    call_timeout_s: float = Field(default=10.0, gt=0, description="wall seconds of one call")
    memory_mb: int = Field(default=512, gt=0, description="memory of the whole process tree, MiB")
    processes: int = Field(default=64, gt=0, description="processes and threads at once")
    open_files: int = Field(default=256, gt=0, description="files that one process has open at once")
    file_mb: int = Field(default=64, gt=0, description="size of a file that it writes, MiB")
    tmp_mb: int = Field(
        default=64, gt=0, description="size of /tmp, MiB; /work has twice, /dev/shm a quarter"
    )
    output_kb: int = Field(default=64, gt=0, description="what is kept of what it prints, KiB")


class Task(Value):
    """One coding task of a suite.

    The prompt is the rendered text, as it is sent. `names` are the names that an answer has to
    define; they tell the answer's code from a usage example.
    """

    id: str
    title: str
    language: Language
    suite: str
    prompt: str
    body: Body = Field(exclude=True, repr=False)
    path: Path
    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    max_tokens: int = Field(default=DEFAULT_MAX_TOKENS, gt=0)
    limits: TaskLimits = TaskLimits()
    solutions: tuple[Solution, ...] = ()
    harness: str | None = None
    loopback: bool = Field(default=False, description="its answers need a network of their own")
    hash: str = ""

    @property
    def references(self) -> tuple[Solution, ...]:
        """The solutions that must be good."""
        return tuple(s for s in self.solutions if s.kind == "reference")
