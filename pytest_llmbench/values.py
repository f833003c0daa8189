"""The base of every value that flows through the pipeline: frozen, and strict about its keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value; an unknown key is an error, since it is nearly always a misspelt one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
