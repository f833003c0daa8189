"""Where the output of a body goes: bodies run side by side, and each one's output is its own sample's."""

from __future__ import annotations

from contextvars import ContextVar

Sections = list[tuple[str, str]]
"""Pieces of output in order, each with its kind: "stdout", "stderr" or "log"."""

CURRENT_SECTIONS: ContextVar[Sections | None] = ContextVar("llmbench_sections", default=None)
"""The sections of the sample whose body is running; None outside of bodies."""
