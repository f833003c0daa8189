"""Answers from a run that is over, in the place of a model: no call is made, and nothing is paid."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Self

from pytest_llmbench.completions.completion import ApiFailure, Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.errors import ModelError
from pytest_llmbench.models.model import Model

if TYPE_CHECKING:
    from pytest_llmbench.storage.answers import KeptAnswers


class KeptCaller:
    """Implements `Caller` with the answers of a run.

    Args:
        answers: The answers.
    """

    def __init__(self, answers: KeptAnswers) -> None:
        self._answers = answers
        self._stopped = False

    async def __aenter__(self) -> Self:
        """There is nothing to open."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """There is nothing to close."""

    async def complete(self, trial: Trial) -> Completion | ApiFailure:
        """Give the answer that the run had."""
        if self._stopped:
            return ApiFailure(kind="cancelled", message="the run was stopped before", attempts=0)
        found = self._answers.completion(trial)
        if found is None:
            return ApiFailure(kind="storage", message=f"not {self._answers.origin}: it has none", attempts=0)
        return found

    async def opine(self, trial: Trial) -> ApiFailure:
        """Ask no judge: the opinions of that run are kept with its answers."""
        return ApiFailure(
            kind="storage", message=f"{trial.model} is not asked: {self._answers.origin}", attempts=0
        )

    async def stop(self) -> None:
        """Give no further answer."""
        self._stopped = True


def named_models(models: Sequence[Model], patterns: Sequence[str]) -> tuple[Model, ...]:
    """Find among a run's models those that a user means: ids, globs, `all`; without a word all of them.

    Raises:
        ModelError: One is not among them.
    """
    names = [name for text in patterns for part in text.split(",") if (name := part.strip())] or ["all"]
    found: dict[str, Model] = {}
    for name in names:
        matching = {m.id: m for m in models if name in ("all", m.id) or fnmatchcase(m.id, name)}
        if not matching:
            raise ModelError(f"the run has no model {name!r}; it has: {', '.join(m.id for m in models)}")
        found |= matching
    return tuple(found.values())
