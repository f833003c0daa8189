"""Installs what can be installed, and shows what is there: `python -m pytest_llmbench.toolchains`."""

from __future__ import annotations

import os
import sys

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains.javascript import javascript_statuses, prepare_javascript
from pytest_llmbench.toolchains.status import ToolchainStatus


def main() -> int:
    """Install and report; 0 where everything can be used, 4 where something is missing."""
    try:
        prepare_javascript(os.environ)
    except ToolchainMissing as error:
        sys.stderr.write(f"{error}\n")
    statuses = javascript_statuses(os.environ)
    sys.stdout.writelines(f"{_line(status)}\n" for status in statuses)
    return 0 if all(status.ok for status in statuses) else 4


def _line(status: ToolchainStatus) -> str:
    if status.ok:
        return f"{status.name:<12} {status.version:<10} {status.path}"
    return f"{status.name:<12} missing    {status.reason}; install: {status.install}"


if __name__ == "__main__":
    sys.exit(main())
