"""ty as a tool of ours: what a type checker says of an answer's hints, the same on every machine.

Answers that wait are checked together, each in a folder of its own, against the standard library alone:
what happens to be installed here changes no score, and a package that is not known is nothing that is wrong.
`type: ignore` comments are not heeded; what ty itself fails at is our failure.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.gathering import MANY_S, Gathering
from pytest_llmbench.scoring.analyzers.ruff import Lint, lay_out, sorted_out
from pytest_llmbench.scoring.analyzers.tool import run_tool

TARGET = "3.14"
"""The release of Python whose standard library counts."""

PREFIX = "ty:"

_CHECKED = frozenset({0, 1})
_ERROR = "major"


class _Begin(BaseModel):
    line: int


class _Positions(BaseModel):
    begin: _Begin


class _Location(BaseModel):
    path: str
    positions: _Positions


class _Row(BaseModel):
    """One row of ty's report. It has more keys, and newer releases add some: those are left alone."""

    check_name: str
    description: str
    severity: str
    location: _Location

    @property
    def lint(self) -> Lint:
        """It in our form."""
        return Lint(
            code=f"{PREFIX}{self.check_name}",
            line=self.location.positions.begin.line,
            message=self.description.removeprefix(f"{self.check_name}: "),
        )


_ROWS = TypeAdapter(list[_Row])


class Ty:
    """Runs ty.

    Args:
        binary: Where ty is; None for the one that is installed as a Python package.
        timeout_s: Wall seconds after which a run counts as failed.
    """

    def __init__(self, binary: str | None = None, timeout_s: float = 60.0) -> None:
        self._binary = binary
        self._timeout_s = timeout_s
        self._gathering = Gathering(self._check_all)

    async def check(self, code: str) -> tuple[Lint, ...]:
        """Give the errors of a module by their lines; each code is the rule's name after `ty:`.

        Raises:
            SandboxError: ty is missing, failed, took too long or replied with something else.
        """
        return await self._gathering.at(code)

    async def _check_all(self, codes: Sequence[str]) -> list[tuple[Lint, ...]]:
        with tempfile.TemporaryDirectory(prefix="llmbench-ty-") as folder:
            paths = await asyncio.to_thread(_lay_out, Path(folder), codes)
            output = await run_tool(
                [self._find(), *_options(folder), *paths],
                name="ty",
                checked=_CHECKED,
                timeout_s=self._timeout_s if len(codes) == 1 else min(self._timeout_s, MANY_S),
                cwd=folder,
            )
        try:
            rows = _ROWS.validate_json(output)
        except ValidationError as error:
            raise SandboxError(f"ty's reply is not what it should be: {error}") from error
        errors = ((row.location.path, row.lint) for row in rows if row.severity == _ERROR)
        return sorted_out("ty", paths, errors)

    def _find(self) -> str:
        if self._binary is None:
            from ty import find_ty_bin

            self._binary = find_ty_bin()
        return self._binary


def _lay_out(folder: Path, codes: Sequence[str]) -> list[str]:
    """Write the answers, and an environment without any package for ty to find; give their paths."""
    (folder / ".venv" / "lib" / f"python{TARGET}" / "site-packages").mkdir(parents=True)
    (folder / ".venv" / "pyvenv.cfg").write_text("home = /nonexistent\n", encoding="utf-8")
    return lay_out(folder, codes)


def _options(folder: str) -> list[str]:
    return [
        "check",
        *("--project", folder, "--python", f"{folder}/.venv"),
        *("--python-version", TARGET, "--python-platform", "linux"),
        *("--config", "analysis.respect-type-ignore-comments=false"),
        *("--output-format", "gitlab", "--no-progress"),
    ]
