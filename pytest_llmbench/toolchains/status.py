"""What is known of one tool: whether it can be used, and the command that installs it where it cannot."""

from __future__ import annotations

from pathlib import Path

from pytest_llmbench.values import Value


class ToolchainStatus(Value):
    """One tool, as a report of what is installed shows it.

    `reason` and `install` (a command for the user's shell) are None where the tool can be used.
    """

    name: str
    ok: bool
    version: str | None = None
    path: Path | None = None
    reason: str | None = None
    install: str | None = None
