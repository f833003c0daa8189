"""Go on this machine: made ready, or looked at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains.go import find_c_compiler, find_go, supported_platform
from pytest_llmbench.toolchains.go_cache import WARM_COMMAND, GoCache, GoToolchain, Progress
from pytest_llmbench.toolchains.status import ToolchainStatus

_INSTALL_COMPILER = f"pip install ziglang (or install gcc), then {WARM_COMMAND}"


def prepare_go(environ: Mapping[str, str], progress: Progress = lambda _: None) -> GoToolchain:
    """Give the toolchain, and warm its cache if need be: minutes the first time, later 0.1 s.

    Args:
        environ: The user's environment variables; they say where the cache is.
        progress: Told what is done next, in words for the user.

    Raises:
        ToolchainMissing: Something is missing; the text says how it is installed.
    """
    return go_cache(environ).warm(progress)


def go_cache(environ: Mapping[str, str]) -> GoCache:
    """Find Go and a C compiler, and give the cache that belongs to them, warm or not.

    Raises:
        ToolchainMissing: Go is not installed, or cannot be used here.
    """
    if not supported_platform():
        raise ToolchainMissing("Go answers are run on Linux only", "use a Linux container, or WSL on Windows")
    return GoCache(find_go(), find_c_compiler(), environ)


def go_statuses(environ: Mapping[str, str]) -> tuple[ToolchainStatus, ...]:
    """What of the toolchain is there: Go, its warm cache, the race detector. Nothing is compiled."""
    try:
        cache = go_cache(environ)
    except ToolchainMissing as error:
        return (ToolchainStatus(name="go", ok=False, reason=error.reason, install=error.install),)
    go = find_go()
    found = ToolchainStatus(name="go", ok=True, version=go.version, path=go.binary)
    toolchain = cache.find()
    if toolchain is None:
        text = "not compiled yet, which makes the first run minutes longer"
        return (found, ToolchainStatus(name="go cache", ok=False, reason=text, install=WARM_COMMAND))
    warm = ToolchainStatus(name="go cache", ok=True, version=go.version, path=cache.libraries)
    return (found, warm, _race_status(toolchain))


def _race_status(toolchain: GoToolchain) -> ToolchainStatus:
    if toolchain.compiler is None:
        return ToolchainStatus(name="go race", ok=False, reason=toolchain.no_race, install=_INSTALL_COMPILER)
    path = Path(toolchain.compiler.command[0])
    return ToolchainStatus(name="go race", ok=True, version=toolchain.go.version, path=path)
