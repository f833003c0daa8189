"""The command line, from the table of options."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_llmbench.bench.options import OPTIONS

WORKER_ERROR = "llmbench_error"
"""The key by which a worker process tells the user's mistake that only it has met."""

OWN_FILE = "llmbench.toml"
"""`models.config.OWN_FILE`, which is not imported here for what it would load."""


def add_options(parser: pytest.Parser) -> None:
    """Add all options to pytest's parser. Each one's own default is None, so that a file can set it."""
    group = parser.getgroup("llmbench", "language model benchmark")
    for option in OPTIONS:
        if option.parse is None and option.metavar is None:
            group.addoption(
                option.flag, dest=option.dest, action="store_true", default=None, help=option.help
            )
            continue
        optional = {} if option.bare is None else {"nargs": "?", "const": option.bare}
        group.addoption(
            option.flag,
            dest=option.dest,
            action="append" if option.repeatable else "store",
            type=option.parse or str,
            metavar=option.metavar,
            default=None,
            help=option.help,
            **optional,
        )


def any_given(config: pytest.Config) -> bool:
    """Whether the command line names any of our options."""
    return any(config.getoption(option.dest, None) is not None for option in OPTIONS)


def any_configured(config: pytest.Config) -> bool:
    """Whether a configuration file may hold something of ours; it is not read for that."""
    folders = (config.rootpath, config.invocation_params.dir)
    return any((folder / OWN_FILE).is_file() or _names_us(folder / "pyproject.toml") for folder in folders)


def _names_us(path: Path) -> bool:
    try:
        return b"llmbench" in path.read_bytes()
    except OSError:
        return False
