"""Control groups: which part of the tree is used, and that the kernel bounds a whole sandbox there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_llmbench.errors import CandidateCrash
from pytest_llmbench.sandbox.base import MIB, Limits
from pytest_llmbench.sandbox.bubblewrap import Bubblewrap
from pytest_llmbench.sandbox.cgroups import ControlGroups, find_delegated, own_groups
from pytest_llmbench.sandbox.choose import levels
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher

# Each takes less than one process may; nothing but a look at all of them sees the sum.
TOGETHER = """
import os, time
def fill(processes, mib):
    for _ in range(processes):
        if os.fork() == 0:
            kept = bytearray(b"x" * (mib << 20))
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
"""


def mark_as_delegated(folder: Path) -> None:
    """As systemd does it; not every file system of `/tmp` takes a user's attributes."""
    try:
        os.setxattr(folder, "user.delegate", b"1")
    except OSError:
        os.setxattr(folder, "trusted.delegate", b"1")


class Tree:
    """A tree of groups in a folder, and what /proc says of a process in it."""

    def __init__(self, folder: Path, group: str) -> None:
        self.proc, self.mount = folder / "proc", folder / "tree"
        (self.proc / "self").mkdir(parents=True)
        (self.proc / "self" / "cgroup").write_text(f"4:memory:/other\n0::{group}\n")
        mounted = f"30 20 0:26 / {self.mount} rw,nosuid - cgroup2 cgroup2 rw\n"
        (self.proc / "self" / "mountinfo").write_text(f"22 20 0:5 / /dev rw - devtmpfs dev rw\n{mounted}")
        self.group("/")

    def group(self, name: str, controllers: str = "", *, delegated: bool = False) -> Path:
        """Add a group; root's is marked as handed over, an ordinary user's is so by who owns it."""
        folder = self.mount / name.lstrip("/")
        folder.mkdir(parents=True)
        (folder / "cgroup.subtree_control").write_text(f"{controllers}\n")
        (folder / "cgroup.procs").touch(0o644 if delegated else 0o444)
        if delegated and os.geteuid() == 0:
            mark_as_delegated(folder)
        return folder


def test_the_nearest_group_that_was_handed_over_is_divided(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "/user/app/scope")
    tree.group("user", "cpu memory pids", delegated=True)
    app = tree.group("user/app", "memory pids", delegated=True)
    tree.group("user/app/scope", delegated=True)
    assert find_delegated(tree.proc) == (app, "")


def test_a_group_that_bounds_no_memory_is_not_divided(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "/user/scope")
    tree.group("user", "memory pids")
    scope = tree.group("user/scope", "pids", delegated=True)
    reason = f"{scope} gives groups in it no limit of memory and processes"
    assert find_delegated(tree.proc) == (None, reason)


def test_a_group_of_others_is_left_alone(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "/system")
    folder = tree.group("system", "memory pids")
    assert find_delegated(tree.proc) == (None, f"{folder} was not handed to this user")


@pytest.mark.parametrize("line", ["", "5:pids:/\n"])
def test_without_the_second_version_there_are_none(tmp_path: Path, line: str) -> None:
    tree = Tree(tmp_path, "/")
    (tree.proc / "self" / "cgroup").write_text(line)
    assert find_delegated(tree.proc) == (None, "no control groups of version 2 are mounted")


@pytest.fixture
def groups() -> ControlGroups:
    """The groups that this machine gives us."""
    found = own_groups()
    if found.groups is None:
        pytest.skip(f"no control groups: {found.reason}")
    return found.groups


def launcher(limits: Limits) -> PythonLauncher:
    sandbox = next(level for level in levels() if level.name.startswith("bubblewrap")).make()
    assert isinstance(sandbox, Bubblewrap)
    return PythonLauncher(sandbox, limits)


@pytest.mark.asyncio
async def test_the_kernel_ends_a_tree_that_takes_too_much(
    groups: ControlGroups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_llmbench.sandbox.watch._EVERY_S", 3600.0)
    host = await launcher(Limits(memory_bytes=64 * MIB, tmp_bytes=MIB)).load(Source(code=TOGETHER))
    with pytest.raises(CandidateCrash, match="memory: 99 MiB used, its files and the kernel's part included"):
        await host.call("fill", (8, 40), 50)
    await host.close()
    assert groups.problem() is None


@pytest.mark.asyncio
async def test_nothing_is_left_of_a_group(groups: ControlGroups) -> None:
    before = {folder for folder in groups.folder.iterdir() if folder.is_dir()}
    host = await launcher(Limits()).load(Source(code="def f(): return 1"))
    assert (await host.call("f", (), 20)).value == 1
    (own,) = {folder for folder in groups.folder.iterdir() if folder.is_dir()} - before
    assert len((own / "cgroup.procs").read_text().split()) > 1
    await host.close()
    groups.make(Limits()).remove()  # what was busy before is removed now
    assert not own.exists()


def test_what_a_killed_process_has_left_is_swept(groups: ControlGroups) -> None:
    left = groups.folder.parent / "llmbench-99999999"
    (left).mkdir()
    (left / "3").mkdir()
    above = groups.folder.parent
    ControlGroups(above)
    assert not left.exists()
