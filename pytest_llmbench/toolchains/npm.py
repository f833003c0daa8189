"""The npm packages that answers and their type checks need: Express, TypeScript and the types.

A list and a lock file ship with this package. From them `npm ci` fills a folder in the user's cache,
named by a hash of all that decides its content. Scripts of packages are never run. Once the folder is
there, no network is used.
"""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains.cache import is_whole, make_once
from pytest_llmbench.toolchains.node import Node

INSTALL_COMMAND = "python -m pytest_llmbench doctor --warm javascript"

SHIPPED = Path(__file__).parent / "node_packages"
"""The list and the lock file."""
_FILES = ("package.json", "package-lock.json")
_TIMEOUT_S = 600
_OPTIONS = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    # The user's npmrc is respected (it may name a mirror), but for what changes the folder's content.
    "--include=optional",
    "--install-strategy=hoisted",
    "--loglevel=error",
    # npm's own waits add up to minutes where there is no network at all.
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=2000",
)
_NO_NETWORK = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED"
    r"|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b"
)


class NodePackages:
    """A folder of installed npm packages.

    Args:
        node: The Node whose npm installs them.
        cache: The folder that holds such folders.
        environ: The environment for npm.
        definition: The folder with `package.json` and `package-lock.json`.
    """

    def __init__(
        self, node: Node, cache: Path, environ: Mapping[str, str], definition: Path = SHIPPED
    ) -> None:
        self._node = node
        self._environ = dict(environ)
        self._definition = definition
        self.folder = cache / "node" / self._digest()

    def find(self) -> Path | None:
        """The `node_modules` folder where it is installed and whole, else None. Nothing is installed."""
        return self.folder / "node_modules" if is_whole(self.folder) else None

    def install(self) -> Path:
        """The `node_modules` folder, installed now if need be.

        Raises:
            ToolchainMissing: It is not there, and npm could not install it.
        """
        try:
            make_once(self.folder, self._fill)
        except OSError as error:
            raise ToolchainMissing(
                f"the cache folder {self.folder.parent} cannot be written ({error})",
                f"XDG_CACHE_HOME=<a folder of yours> {INSTALL_COMMAND}",
            ) from error
        return self.folder / "node_modules"

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name in _FILES:
            digest.update((self._definition / name).read_bytes())
        # A home folder may be shared by machines of several kinds, and npm chooses by Node's version.
        digest.update(f"{self._node.version} {sys.platform} {platform.machine()}".encode())
        return digest.hexdigest()

    def _fill(self, folder: Path) -> None:
        for name in _FILES:
            shutil.copyfile(self._definition / name, folder / name)
        command = [str(self._node.binary), str(self._node.npm_cli), "ci", *_OPTIONS]
        try:
            done = subprocess.run(  # noqa: S603 - our own npm, with arguments of ours
                command,
                cwd=folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_TIMEOUT_S,
                check=False,
                umask=0o022,
            )
        except subprocess.TimeoutExpired:
            raise _failure(f"npm was not done after {_TIMEOUT_S} s") from None
        if done.returncode != 0:
            raise _failure(_why(done.stderr))


def _failure(reason: str) -> ToolchainMissing:
    what = "the npm packages for JavaScript and TypeScript are not installed"
    return ToolchainMissing(f"{what}: {reason}", f"{INSTALL_COMMAND} (once, with a network connection)")


def _why(stderr: str) -> str:
    no_network = _NO_NETWORK.search(stderr)
    if no_network:
        return f"npm could not reach its registry ({no_network[0]})"
    lines = [line.removeprefix("npm error ") for line in stderr.splitlines() if line.startswith("npm error ")]
    told = [line for line in lines if not line.startswith("A complete log of this run")]
    return f"npm failed: {' | '.join(told[:4]) or 'it said nothing'}"
