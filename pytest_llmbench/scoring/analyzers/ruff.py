"""Ruff as a tool of ours: code goes in on standard input, typed findings come out.

Neither the answer nor the machine decides how it is checked: `noqa` comments are ignored, no
configuration file is read, and the environment is empty. What ruff itself fails at is our failure.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.tool import run_tool
from pytest_llmbench.values import Value

TARGET = "py314"
"""The newest syntax that an answer may use; whether it runs is for the sandbox to say."""

_CHECKED = frozenset({0, 1})
"""Ruff's exit codes for "checked": nothing found, something found. 2 is a failure of its own."""


class Lint(Value):
    """One thing that ruff found; `line` counts from 1."""

    code: str
    line: int
    message: str


class _Location(BaseModel):
    row: int


class _Row(BaseModel):
    """One row of ruff's JSON. It has more keys, and newer releases add some: those are left alone."""

    code: str | None = None
    message: str
    location: _Location = Field(default=_Location(row=1))


_ROWS = TypeAdapter(list[_Row])


class Ruff:
    """Runs ruff.

    Args:
        select: Rules, or prefixes of rules, to check for.
        ignore: Rules to leave out of those.
        settings: Further settings, each as one line of ruff's TOML.
        binary: Where ruff is; None for the one that is installed as a Python package.
        timeout_s: Wall seconds after which a run counts as failed.
    """

    def __init__(
        self,
        *,
        select: Sequence[str],
        ignore: Sequence[str] = (),
        settings: Sequence[str] = (),
        binary: str | None = None,
        timeout_s: float = 60.0,
    ) -> None:
        self._options = [
            "check",
            *("--isolated", "--no-cache", "--ignore-noqa", "--quiet"),
            *("--output-format", "json", "--target-version", TARGET),
            *("--select", ",".join(select)),
            *(("--ignore", ",".join(ignore)) if ignore else ()),
            *(part for setting in settings for part in ("--config", setting)),
            *("--stdin-filename", "answer.py", "-"),
        ]
        self._binary = binary
        self._timeout_s = timeout_s

    async def check(self, code: str) -> tuple[Lint, ...]:
        """Check a module, and give what was found in the order of its lines.

        Raises:
            SandboxError: Ruff is missing, failed, took too long or replied with something else.
        """
        output = await self._run(code.encode("utf-8", "replace"))
        try:
            rows = _ROWS.validate_json(output)
        except ValidationError as error:
            raise SandboxError(f"ruff's reply is not what it should be: {error}") from error
        found = [Lint(code=r.code or "invalid-syntax", line=r.location.row, message=r.message) for r in rows]
        return tuple(sorted(found, key=lambda lint: (lint.line, lint.code, lint.message)))

    async def _run(self, code: bytes) -> bytes:
        command = [self._find(), *self._options]
        return await run_tool(command, name="ruff", checked=_CHECKED, timeout_s=self._timeout_s, stdin=code)

    def _find(self) -> str:
        if self._binary is None:
            from ruff import find_ruff_bin  # type: ignore[import-untyped]  # ruff ships no types

            self._binary = find_ruff_bin()
        return self._binary
