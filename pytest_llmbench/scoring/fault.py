"""Whose fault an exception is that leaves a host: never the answer's, where it is no error of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_llmbench.errors import LlmBenchError, SandboxError, TaskError


@contextmanager
def our_side(author: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Keep a bug of ours from being taken for the answer's: inside a check any exception fails the check.

    Args:
        author: Exceptions by which a host refuses what the task's author has passed.

    Raises:
        TaskError: For one of those.
        SandboxError: For any other exception that is not of this package's own kind.
    """
    try:
        yield
    except LlmBenchError:
        raise
    except author as error:
        raise TaskError(str(error)) from error
    except Exception as error:
        raise SandboxError(f"{type(error).__name__}: {error}") from error
