"""All that JavaScript and TypeScript need, together: Node, the npm packages, the TypeScript compiler."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains.cache import user_cache
from pytest_llmbench.toolchains.node import Node, find_node
from pytest_llmbench.toolchains.npm import INSTALL_COMMAND as INSTALL_PACKAGES
from pytest_llmbench.toolchains.npm import NodePackages
from pytest_llmbench.toolchains.status import ToolchainStatus
from pytest_llmbench.values import Value

_PACKAGES = ("typescript", "express")


class JavaScriptToolchain(Value):
    """What a sandbox needs for JavaScript and TypeScript.

    `node` is the program; `modules` the `node_modules` folder with Express and the types; `tsc` the
    TypeScript compiler, a program of its own inside `modules`.
    """

    node: Path
    modules: Path
    tsc: Path
    versions: dict[str, str]


def prepare_javascript(
    environ: Mapping[str, str], find: Callable[[], Node] = find_node
) -> JavaScriptToolchain:
    """Give the toolchain, and install the npm packages if they are not there yet.

    That needs a network once, and seconds; afterwards it takes 20 ms and no network.

    Args:
        environ: The user's environment variables; they say where the cache is.
        find: Finds Node.

    Raises:
        ToolchainMissing: Something is missing; the text says how it is installed.
    """
    node = find()
    modules = NodePackages(node, user_cache(environ), environ).install()
    versions = {name: _version(modules, name) for name in _PACKAGES}
    return JavaScriptToolchain(
        node=node.binary, modules=modules, tsc=_compiler(modules), versions={"node": node.version, **versions}
    )


def javascript_statuses(
    environ: Mapping[str, str], find: Callable[[], Node] = find_node
) -> tuple[ToolchainStatus, ...]:
    """What of the toolchain is there: one status for Node, TypeScript and Express each.

    Nothing is installed and nothing is raised.
    """
    try:
        node = find()
    except ToolchainMissing as error:
        missing = _not_there("node", error.reason, error.install)
        return (missing, *(_not_there(name, "it needs Node", error.install) for name in _PACKAGES))
    modules = NodePackages(node, user_cache(environ), environ).find()
    found = ToolchainStatus(name="node", ok=True, version=node.version, path=node.binary)
    return (found, *(_package_status(name, modules) for name in _PACKAGES))


def _not_there(name: str, reason: str, install: str) -> ToolchainStatus:
    return ToolchainStatus(name=name, ok=False, reason=reason, install=install)


def _package_status(name: str, modules: Path | None) -> ToolchainStatus:
    if modules is None:
        return _not_there(name, "the npm packages are not installed yet", INSTALL_PACKAGES)
    path = modules / name
    if name == "typescript":
        try:
            path = _compiler(modules)
        except ToolchainMissing as error:
            return _not_there(name, error.reason, error.install)
    return ToolchainStatus(name=name, ok=True, version=_version(modules, name), path=path)


def _version(modules: Path, package: str) -> str:
    return str(json.loads((modules / package / "package.json").read_text(encoding="utf-8"))["version"])


def _compiler(modules: Path) -> Path:
    # npm installs the one package of several that is for this platform.
    found = sorted((modules / "@typescript").glob("typescript-*/lib/tsc"))
    if not found:
        raise ToolchainMissing("TypeScript has no compiler for this platform", INSTALL_PACKAGES)
    return found[0]
