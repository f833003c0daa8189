"""Packages are installed by the real npm: offline from a folder, from a closed port, and from a network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains import npm
from pytest_llmbench.toolchains.javascript import javascript_statuses, prepare_javascript
from pytest_llmbench.toolchains.node import Node
from pytest_llmbench.toolchains.npm import NodePackages

SHIPPED = Path(npm.__file__).parent / "node_packages"


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    """One package that needs no network: npm takes it from the folder below."""
    folder = tmp_path / "definition"
    folder.mkdir()
    needs = {"dependencies": {"tiny": "file:tiny"}}
    (folder / "package.json").write_text(json.dumps({"name": "root", "version": "0.0.0", **needs}))
    tiny = {"name": "tiny", "version": "1.0.0"}
    lock = {
        "name": "root",
        "version": "0.0.0",
        "lockfileVersion": 3,
        "requires": True,
        "packages": {
            "": {"name": "root", "version": "0.0.0", **needs},
            "node_modules/tiny": {"resolved": "tiny", "link": True},
            "tiny": tiny,
        },
    }
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """npm's environment where no registry can be reached."""
    return {
        **os.environ,
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_cache": str(tmp_path / "npm-cache"),
        "npm_config_fetch_retries": "0",
    }


@pytest.fixture
def packages(node: Node, definition: Path, environ: dict[str, str], tmp_path: Path) -> NodePackages:
    return NodePackages(node, tmp_path / "cache", environ, definition)


def test_installed_once(packages: NodePackages) -> None:
    assert packages.find() is None
    modules = packages.install()
    assert packages.find() == modules
    assert (modules / "tiny").is_symlink()
    before = modules.stat().st_ino
    assert packages.install() == modules
    assert modules.stat().st_ino == before


def test_a_damaged_folder_is_installed_anew(packages: NodePackages) -> None:
    modules = packages.install()
    (modules / "tiny").unlink()
    assert packages.find() is None
    assert packages.install() == modules
    assert (modules / "tiny").is_symlink()


def test_the_folder_is_named_by_what_decides_its_content(
    node: Node, definition: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    def folder(node: Node) -> Path:
        return NodePackages(node, tmp_path, environ, definition).folder

    one, other_node = folder(node), folder(node.model_copy(update={"version": "24.0.1"}))
    lock = definition / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    assert len({one, other_node, folder(node)}) == 3
    assert re.fullmatch(r"[0-9a-f]{64}", one.name)


def test_no_network(node: Node, environ: dict[str, str], tmp_path: Path) -> None:
    packages = NodePackages(node, tmp_path / "cache", environ)
    with pytest.raises(ToolchainMissing, match=r"could not reach its registry \(ECONNREFUSED\)") as caught:
        packages.install()
    assert caught.value.install.startswith("python -m pytest_llmbench doctor --warm")
    assert packages.find() is None


def test_what_else_npm_says(packages: NodePackages, definition: Path) -> None:
    (definition / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    with pytest.raises(ToolchainMissing, match=r"npm failed: code EUSAGE"):
        packages.install()


def test_a_cache_that_cannot_be_written(node: Node, definition: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "cache"
    in_the_way.touch()
    with pytest.raises(ToolchainMissing, match="cannot be written") as caught:
        NodePackages(node, in_the_way, {}, definition).install()
    assert "XDG_CACHE_HOME" in caught.value.install


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((SHIPPED / "package-lock.json").read_text())
    assert len(lock["packages"]) > 50
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)


def test_nothing_shipped_has_an_install_script() -> None:
    lock = json.loads((SHIPPED / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if package.get("hasInstallScript")]


@pytest.mark.slow
def test_the_shipped_packages(node: Node, tmp_path: Path) -> None:
    """Two processes at once, from nothing, with a network; then once more without."""
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    assert [status.ok for status in javascript_statuses(environ)] == [True, False, False]
    command = [sys.executable, "-m", "pytest_llmbench", "doctor", "--warm", "javascript"]
    both = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        printed, complaint = process.communicate(timeout=300)
        assert (process.returncode, complaint) == (0, "")
        assert re.search(r"^  typescript +7\.", printed, re.MULTILINE)
    (folder,) = (path for path in (tmp_path / "pytest-llmbench" / "node").iterdir() if path.is_dir())
    offline = {
        **environ,
        "npm_config_registry": "http://127.0.0.1:9/",
        "npm_config_cache": str(tmp_path / "n"),
    }
    toolchain = prepare_javascript(offline)
    assert toolchain.modules == folder / "node_modules"
    assert toolchain.versions["node"] == node.version
    compiler = subprocess.run([toolchain.tsc, "--version"], capture_output=True, text=True, check=True)
    assert compiler.stdout == f"Version {toolchain.versions['typescript']}\n"
    assert all(status.ok for status in javascript_statuses(offline))


def test_statuses_without_node() -> None:
    def missing() -> Node:
        raise ToolchainMissing("Node is not installed", "pip install it")

    statuses = javascript_statuses({}, missing)
    assert [(status.name, status.ok, status.install) for status in statuses] == [
        ("node", False, "pip install it"),
        ("typescript", False, "pip install it"),
        ("express", False, "pip install it"),
    ]
    with pytest.raises(ToolchainMissing):
        prepare_javascript({}, missing)


def test_statuses_without_packages(node: Node, tmp_path: Path) -> None:
    statuses = javascript_statuses({"XDG_CACHE_HOME": str(tmp_path)})
    assert statuses[0].ok
    assert statuses[0].path == node.binary
    command = "python -m pytest_llmbench doctor --warm javascript"
    assert {status.install for status in statuses[1:]} == {command}
    assert not list(tmp_path.iterdir())
