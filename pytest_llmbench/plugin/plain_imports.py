"""Imports this package's modules as Python itself does.

Pytest loads each module of an installed plugin by a loader of its own, so that failing assertions in it
tell more. Modules that have none of a test take 60 ms longer for that at the start of each run. The
built-in suite is made of tests, and stays pytest's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

import pytest

_OURS = "pytest_llmbench."
_TESTS = "pytest_llmbench.suites"


class PlainImports(MetaPathFinder):
    """Finds this package's modules, but the built-in suite's, where Python would find them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module; None for those that others are to find."""
        if not fullname.startswith(_OURS) or fullname.startswith(_TESTS):
            return None
        return PathFinder.find_spec(fullname, path, target)


def import_plainly(config: pytest.Config) -> None:
    """Have it done until the session's end."""
    finder = PlainImports()
    sys.meta_path.insert(0, finder)
    config.add_cleanup(lambda: sys.meta_path.remove(finder))
