"""The warm cache is made once, whole or not at all, by however many processes want it at once."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains.go import CCompiler, Go, find_c_compiler
from pytest_llmbench.toolchains.go_cache import GoCache, GoToolchain
from pytest_llmbench.toolchains.go_status import go_cache, go_statuses

GO = Go(root=Path("/go"), version="1.27.3")
GCC = CCompiler(command=("/usr/bin/gcc",), version="12")


class Runner:
    """Stands for the go command: writes what it would write, and fails where it is told to."""

    def __init__(self, *, fail: str = "", error: Exception | None = None) -> None:
        self.ran: list[str] = []
        self._fail = fail
        self._error = error

    def __call__(self, command: list[str], env: Mapping[str, str], cwd: Path) -> None:
        line = " ".join(command[1:])
        self.ran.append(line)
        assert cwd.is_dir()
        assert Path(env["HOME"]).is_dir()
        if self._fail and self._fail in line:
            said = "# runtime/cgo\nfatal error: stdlib.h: no such file"
            raise self._error or subprocess.CalledProcessError(1, command, stderr=said)
        if command[1] == "build":
            Path(command[command.index("-o") + 1]).write_text("the tool")
        cache = env["GOCACHEPROG"].split()[-1] if "GOCACHEPROG" in env else env["GOCACHE"]
        Path(cache).mkdir(parents=True, exist_ok=True)
        (Path(cache) / f"entry{len(self.ran)}").write_text(line)


def cache_of(tmp_path: Path, runner: Runner, compiler: CCompiler | None = GCC) -> GoCache:
    return GoCache(GO, compiler, {"XDG_CACHE_HOME": str(tmp_path)}, run=runner)


def test_it_is_made_once(tmp_path: Path) -> None:
    runner, said = Runner(), []
    cache = cache_of(tmp_path, runner)
    assert cache.find() is None
    made = cache.warm(said.append)
    count = len(runner.ran)
    assert cache.warm() == cache.find() == made
    assert len(runner.ran) == count
    assert len(said) == 4
    assert all(text.startswith("Go: ") for text in said)
    assert made.tool.read_text() == "the tool"
    assert all(list(folder.iterdir()) for folder in made.build_caches)
    assert made.compiler == GCC


def test_nothing_is_left_but_the_caches(tmp_path: Path) -> None:
    made = cache_of(tmp_path, Runner()).warm()
    base = made.tool.parent.parent
    assert base == tmp_path / "pytest-llmbench" / "go"
    folders = {path.name.partition("-")[0] for path in base.iterdir() if path.is_dir()}
    assert folders == {"tool", "libraries", "host"}
    assert not list(base.rglob("work"))


def test_without_a_c_compiler_there_is_no_race_detector(tmp_path: Path) -> None:
    runner = Runner()
    made = cache_of(tmp_path, runner, None).warm()
    assert (made.compiler, made.no_race) == (None, "there is no C compiler")
    assert not [line for line in runner.ran if "-race" in line]


def test_a_c_compiler_that_does_not_work_is_told_and_harms_nothing(tmp_path: Path) -> None:
    made = cache_of(tmp_path, Runner(fail="-race")).warm()
    assert made.compiler is None
    assert made.no_race == "/usr/bin/gcc does not work: fatal error: stdlib.h: no such file"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, "could not be compiled: fatal error: stdlib.h"),
        (subprocess.TimeoutExpired("go", 1800), "not done after 30 minutes"),
        (PermissionError(13, "Permission denied"), "cannot be written"),
    ],
)
def test_what_fails_is_told_and_leaves_nothing(tmp_path: Path, error: Exception | None, said: str) -> None:
    with pytest.raises(ToolchainMissing, match=said) as caught:
        cache_of(tmp_path, Runner(fail="vet", error=error)).warm()
    assert "doctor --warm" in caught.value.install
    assert cache_of(tmp_path, Runner()).find() is None
    assert cache_of(tmp_path, Runner()).warm().compiler == GCC


def test_damage_is_mended(tmp_path: Path) -> None:
    cache = cache_of(tmp_path, Runner())
    made = cache.warm()
    made.tool.unlink()
    assert cache.find() is None
    runner = Runner()
    assert cache_of(tmp_path, runner).warm().tool.exists()
    assert len(runner.ran) == 1


@pytest.mark.parametrize(
    ("go", "compiler"),
    [
        (GO.model_copy(update={"version": "1.27.4"}), GCC),
        (GO, GCC.model_copy(update={"version": "13"})),
        (GO, None),
    ],
)
def test_another_toolchain_is_another_cache(tmp_path: Path, go: Go, compiler: CCompiler | None) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    assert GoCache(go, compiler, environ).libraries != GoCache(GO, GCC, environ).libraries
    assert GoCache(GO, GCC, environ).libraries == GoCache(GO, GCC, environ).libraries


def test_another_place_of_go_is_not_another_library(tmp_path: Path, toolchain: GoToolchain) -> None:
    """What is compiled does not depend on where Go lies, as in each virtual environment it does."""
    moved = tmp_path / "moved" / "go"
    moved.parent.mkdir()
    moved.symlink_to(toolchain.go.root)
    here = go_cache(os.environ)
    there = GoCache(
        Go(root=moved, version=toolchain.go.version), find_c_compiler(), {"XDG_CACHE_HOME": str(tmp_path)}
    )
    assert (there.tool.name, there.libraries.name) == (here.tool.name, here.libraries.name)
    assert there.host.name != here.host.name
    there.host.parent.mkdir(parents=True)
    there.tool.symlink_to(here.tool)
    there.libraries.symlink_to(here.libraries)
    *_, host = there.warm().build_caches
    sizes = [path.stat().st_size for path in host.rglob("*") if path.is_file()]
    assert sum(sizes) < 5_000_000


class SlowRunner(Runner):
    """Takes its time, so that another process comes in between; tells of each command in a file."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    def __call__(self, command: list[str], env: Mapping[str, str], cwd: Path) -> None:
        time.sleep(0.05)
        super().__call__(command, env, cwd)
        with self._log.open("a") as log:
            log.write(f"{os.getpid()}\n")


def _warm(folder: Path) -> None:
    cache_of(folder, SlowRunner(folder / "log")).warm()


def test_two_processes_make_it_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_warm, args=(tmp_path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert len((tmp_path / "log").read_text().split()) == 7


def test_statuses_of_the_real_one(toolchain: GoToolchain) -> None:
    statuses = {status.name: status for status in go_statuses(os.environ)}
    assert set(statuses) == {"go", "go cache", "go race"}
    assert statuses["go"].version == toolchain.go.version
    assert statuses["go cache"].ok
    assert statuses["go race"].ok is (toolchain.compiler is not None)


def test_statuses_of_a_cold_one(tmp_path: Path, toolchain: GoToolchain) -> None:
    assert toolchain.go.binary.exists()
    statuses = {status.name: status for status in go_statuses({"XDG_CACHE_HOME": str(tmp_path)})}
    assert set(statuses) == {"go", "go cache"}
    assert statuses["go cache"].install == "python -m pytest_llmbench doctor --warm"


def test_to_look_it_up_is_quick(toolchain: GoToolchain) -> None:
    assert toolchain.tool.exists()
    started = time.process_time()
    assert go_cache(os.environ).find() is not None
    assert time.process_time() - started < 1
