"""A trial: one sample of one task by one model, and the hash of all that decides its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import Field

from pytest_llmbench.values import Value


class Parameters(Value):
    """What is asked of a provider beside the prompt."""

    temperature: float | None = 0.2
    max_tokens: int = Field(default=4096, gt=0)
    seed: int | None = None
    extra_body: dict[str, Any] = Field(default_factory=dict)


class Trial(Value):
    """One (task, model, sample index); `seed` in the parameters is the one really sent."""

    task: str
    model: str
    api_name: str
    base_url: str
    prompt: str
    system: str
    parameters: Parameters
    index: int = Field(ge=0)

    @cached_property
    def key(self) -> str:
        """A content hash (SHA-256, hexadecimal) of everything that decides the answer."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy it; another trial has another key."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("key", None)
        return copied
