"""Which run a process belongs to: all processes of one session share one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self
from uuid import uuid4

from pytest_llmbench.values import Value


class Identity(Value):
    """A run's id, and when it began; `source` is the run whose answers it judges again, if it does."""

    run: str
    started: datetime
    source: str | None = None

    @classmethod
    def new(cls) -> Self:
        """Give a run that nobody else has."""
        return cls(run=uuid4().hex, started=datetime.now(UTC))
