"""The command line, from the table of options."""

from __future__ import annotations

import pytest

from pytest_llmbench.bench.options import OPTIONS


def add_options(parser: pytest.Parser) -> None:
    """Add all options to pytest's parser. Each one's own default is None, so that a file can set it."""
    group = parser.getgroup("llmbench", "language model benchmark")
    for option in OPTIONS:
        if option.parse is None and option.metavar is None:
            group.addoption(
                option.flag, dest=option.dest, action="store_true", default=None, help=option.help
            )
            continue
        group.addoption(
            option.flag,
            dest=option.dest,
            action="append" if option.repeatable else "store",
            type=option.parse or str,
            metavar=option.metavar,
            default=None,
            help=option.help,
        )


def any_given(config: pytest.Config) -> bool:
    """Whether the command line names any of our options."""
    return any(config.getoption(option.dest, None) is not None for option in OPTIONS)
