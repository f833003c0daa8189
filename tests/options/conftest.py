"""The fixtures of tests of options: each is given on the command line, in a file, and with workers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from projects import make_server, no_keys, suite, write

__all__ = ["give", "make_server", "no_keys", "suite", "write"]

Give = Callable[..., tuple[str, ...]]


@pytest.fixture(params=["argument", "llmbench.toml", "pyproject.toml", "workers"])
def give(request: pytest.FixtureRequest, write: Callable[[str, str], Path]) -> Give:
    """Give options in one of the ways there are; what is returned belongs on the command line."""

    def given(**options: object) -> tuple[str, ...]:
        if request.param in ("argument", "workers"):
            args = [f"--llm-{key.replace('_', '-')}={value}" for key, value in options.items()]
            return (*args, *(("-n", "2") if request.param == "workers" else ()))
        head = "" if request.param == "llmbench.toml" else "[tool.llmbench]\n"
        lines = [f"{key} = {_toml(value)}" for key, value in options.items()]
        write(request.param, head + "\n".join(lines) + "\n")
        return ()

    return given


def _toml(value: object) -> str:
    return str(value) if isinstance(value, int | float) else f'"{value}"'
