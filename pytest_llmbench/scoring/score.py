"""`score`: what a body records its checks with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from pytest_llmbench.errors import CandidateError, SandboxError, TaskError
from pytest_llmbench.scoring.scorecard import Axis, Check

MESSAGE_LIMIT = 4000
"""Characters of a failed check's message that are kept."""


class Score:
    """Records checks: `with` blocks. One fails when an exception leaves it, and the body goes on.

    On `correctness` and `edge_case`, `weight` is the check's share among the axis's checks. On
    `quality` and `documentation`, which analyzers judge, it is the points that a failed check costs.

    Args:
        soft: Exceptions outside of `Exception` that fail a check too (what `pytest.fail` raises).
    """

    def __init__(self, soft: tuple[type[BaseException], ...] = ()) -> None:
        self._expected: tuple[type[BaseException], ...] = (AssertionError, CandidateError, *soft)
        self._open: str | None = None
        self.checks: list[Check] = []
        self.failures: list[BaseException] = []
        self.bugs: list[Exception] = []

    def correctness(self, label: str, *, weight: float = 1.0) -> AbstractContextManager[None]:
        """Record a check of what was asked for."""
        return self._check("correctness", label, weight)

    def edge_case(self, label: str, *, weight: float = 1.0) -> AbstractContextManager[None]:
        """Record a check of an input at the edge of what was asked for."""
        return self._check("edge_cases", label, weight)

    def quality(self, label: str, *, weight: float = 1.0) -> AbstractContextManager[None]:
        """Record a check of the code's quality, beside the analyzers; failing costs `weight` points."""
        return self._check("quality", label, weight)

    def documentation(self, label: str, *, weight: float = 1.0) -> AbstractContextManager[None]:
        """Record a check of the documentation or the prose; failing costs `weight` points."""
        return self._check("documentation", label, weight)

    @contextmanager
    def _check(self, axis: Axis, label: str, weight: float) -> Iterator[None]:
        self._refuse(label, weight)
        self._open = label
        try:
            yield
        except (SandboxError, TaskError):
            raise
        except self._expected as error:
            self._failed(axis, label, weight, error, _message(error))
        except Exception as error:  # noqa: BLE001 - any exception fails a check; with a reference it is a bug
            self.bugs.append(error)
            self._failed(axis, label, weight, error, f"{type(error).__name__}: {error} (raised by the check)")
        else:
            self.checks.append(Check(axis=axis, label=label, weight=weight, passed=True))
        finally:
            self._open = None

    def _refuse(self, label: str, weight: float) -> None:
        if self._open is not None:
            raise TaskError(f"check {label!r} stands inside check {self._open!r}: checks do not nest")
        if any(check.label == label for check in self.checks):
            raise TaskError(f"two checks are called {label!r}: each label stands once in a task")
        if weight <= 0:
            raise TaskError(f"check {label!r}: weight={weight!r}, a number above 0 is needed")

    def _failed(self, axis: Axis, label: str, weight: float, error: BaseException, message: str) -> None:
        self.failures.append(error)
        text = message[:MESSAGE_LIMIT] + ("…" if len(message) > MESSAGE_LIMIT else "")
        self.checks.append(Check(axis=axis, label=label, weight=weight, passed=False, message=text))


def _message(error: BaseException) -> str:
    if isinstance(error, AssertionError):
        return str(error) or "assertion failed"
    return str(error) or type(error).__name__
