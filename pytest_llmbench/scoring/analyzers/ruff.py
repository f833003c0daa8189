"""Ruff as a tool of ours: code goes in, typed findings come out. Answers that wait are checked together.

Neither the answer nor the machine decides how it is checked: `noqa` comments are ignored, no
configuration file is read, and the environment is empty. What ruff itself fails at is our failure.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Sequence
from operator import attrgetter
from pathlib import Path

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.gathering import MANY_S, Gathering
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
    filename: str
    message: str
    location: _Location = Field(default=_Location(row=1))

    @property
    def lint(self) -> Lint:
        """It in our form."""
        return Lint(code=self.code or "invalid-syntax", line=self.location.row, message=self.message)


_ROWS = TypeAdapter(list[_Row])


def sorted_out(tool: str, paths: Sequence[str], lints: Iterable[tuple[str, Lint]]) -> list[tuple[Lint, ...]]:
    """Give the findings of each path, in the order of their lines.

    Raises:
        SandboxError: One is about something else.
    """
    found: dict[str, list[Lint]] = {path: [] for path in paths}
    for path, lint in lints:
        if path not in found:
            raise SandboxError(f"{tool}'s reply is not what it should be: it is about {path}")
        found[path].append(lint)
    order = attrgetter("line", "code", "message")
    return [tuple(sorted(of_one, key=order)) for of_one in found.values()]


def lay_out(folder: Path, codes: Sequence[str]) -> list[str]:
    """Write answers, each into a folder of its own, and give their paths.

    No module is called by a number, so that none of them can import another.
    """
    paths = [f"{number}/answer.py" for number in range(len(codes))]
    for path, code in zip(paths, codes, strict=True):
        (folder / path).parent.mkdir()
        (folder / path).write_bytes(code.encode("utf-8", "replace"))
    return paths


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
        ]
        self._binary = binary
        self._timeout_s = timeout_s
        self._gathering = Gathering(self._check_all)

    async def check(self, code: str) -> tuple[Lint, ...]:
        """Check a module, and give what was found in the order of its lines.

        Raises:
            SandboxError: Ruff is missing, failed, took too long or replied with something else.
        """
        return await self._gathering.at(code)

    async def _check_all(self, codes: Sequence[str]) -> list[tuple[Lint, ...]]:
        with tempfile.TemporaryDirectory(prefix="llmbench-ruff-") as folder:
            paths = await asyncio.to_thread(lay_out, Path(folder), codes)
            output = await run_tool(
                [self._find(), *self._options, *paths],
                name="ruff",
                checked=_CHECKED,
                timeout_s=self._timeout_s if len(codes) == 1 else min(self._timeout_s, MANY_S),
                cwd=folder,
            )
        try:
            rows = _ROWS.validate_json(output)
        except ValidationError as error:
            raise SandboxError(f"ruff's reply is not what it should be: {error}") from error
        return sorted_out("ruff", paths, (("/".join(row.filename.split("/")[-2:]), row.lint) for row in rows))

    def _find(self) -> str:
        if self._binary is None:
            from ruff import find_ruff_bin  # type: ignore[import-untyped]  # ruff ships no types

            self._binary = find_ruff_bin()
        return self._binary
