"""Oxlint as a tool of ours: code goes in as a file of a folder of its own, typed findings come out.

Neither the answer nor the machine decides how it is checked: comments that switch rules off are made
harmless first, no other configuration is read, and the environment is empty. What oxlint itself fails
at is our failure.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.ecmascript_source import Dialect
from pytest_llmbench.scoring.analyzers.tool import run_tool
from pytest_llmbench.values import Value

SYNTAX = "syntax"
"""The rule of what does not parse."""

INSTALL_COMMAND = "pip install 'pytest-llmbench[javascript]'"

_CHECKED = frozenset({0, 1})
_SUFFIX: Mapping[Dialect, str] = {"javascript": ".mjs", "typescript": ".ts"}
_DIRECTIVE = re.compile(r"\b(eslint|oxlint)-(?=disable|enable)", re.IGNORECASE)
_CODE = re.compile(r"(?P<plugin>[\w-]+)\((?P<rule>[\w/-]+)\)")


class Lint(Value):
    """One thing that oxlint found; `rule` is "plugin/name", `line` counts from 1."""

    rule: str
    line: int
    message: str


class _Span(BaseModel):
    line: int = 1


class _Label(BaseModel):
    span: _Span = _Span()


class _Row(BaseModel):
    """One diagnostic of oxlint's JSON; it has more keys, and newer releases add some."""

    message: str
    code: str | None = None
    labels: list[_Label] = []


class _Reply(BaseModel):
    diagnostics: list[_Row]


_REPLY = TypeAdapter(_Reply)


class Oxlint:
    """Runs oxlint.

    Args:
        rules: The rules to check for, as "plugin/name", each with its options.
        binary: Where oxlint is; None for the one that is installed as a Python package.
        timeout_s: Wall seconds after which a run counts as failed.
    """

    def __init__(
        self, rules: Mapping[str, Sequence[object]], binary: str | None = None, timeout_s: float = 60.0
    ) -> None:
        plugins = sorted({rule.partition("/")[0] for rule in rules} - {"eslint"})
        self._config = json.dumps(
            {
                "plugins": plugins,
                "categories": {"correctness": "off"},
                "rules": {name: ["warn", *options] for name, options in rules.items()},
            }
        )
        self._binary = binary
        self._timeout_s = timeout_s

    async def check(self, code: str, dialect: Dialect) -> tuple[Lint, ...]:
        """Check a module, and give what was found in the order of its lines.

        Raises:
            SandboxError: Oxlint is missing, failed, took too long or replied with something else.
        """
        with tempfile.TemporaryDirectory(prefix="llmbench-oxlint-") as folder:
            name = f"answer{_SUFFIX[dialect]}"
            # Blanks of the same length, so that nothing moves.
            _write(folder, name, _DIRECTIVE.sub(lambda found: " " * len(found[0]), code))
            _write(folder, "rules.json", self._config)
            output = await self._run(folder, name)
        try:
            rows = _REPLY.validate_json(output).diagnostics
        except ValidationError as error:
            raise SandboxError(f"oxlint's reply is not what it should be: {error}") from error
        return tuple(sorted(map(_lint, rows), key=lambda lint: (lint.line, lint.rule, lint.message)))

    async def _run(self, folder: str, name: str) -> bytes:
        options = (
            "-c",
            "rules.json",
            "--disable-nested-config",
            "--no-ignore",
            "--threads=1",
            "--format=json",
        )
        return await run_tool(
            [self._find(), *options, name],
            name="oxlint",
            checked=_CHECKED,
            timeout_s=self._timeout_s,
            cwd=folder,
        )

    def _find(self) -> str:
        if self._binary is None:
            try:
                files = importlib.metadata.files("oxlint") or []
            except importlib.metadata.PackageNotFoundError:
                files = []
            found = [str(file.locate()) for file in files if file.name in {"oxlint", "oxlint.exe"}]
            if not found:
                raise SandboxError(f"oxlint is not installed; install it by: {INSTALL_COMMAND}")
            self._binary = found[0]
        return self._binary


def _write(folder: str, name: str, content: str) -> None:
    Path(folder, name).write_text(content, encoding="utf-8", errors="replace")


def _lint(row: _Row) -> Lint:
    line = row.labels[0].span.line if row.labels else 1
    found = None if row.code is None else _CODE.fullmatch(row.code)
    rule = SYNTAX if found is None else f"{found['plugin']}/{found['rule']}"
    return Lint(rule=rule, line=max(1, line), message=row.message)
