"""A level is believed after its self-test, and a machine without one is told why and what to do."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_llmbench.errors import SandboxError, SandboxUnavailable
from pytest_llmbench.sandbox import choose
from pytest_llmbench.sandbox.advice import advice
from pytest_llmbench.sandbox.base import Command, Holds, Limits, Sandbox, SandboxProcess
from pytest_llmbench.sandbox.bubblewrap import Bubblewrap
from pytest_llmbench.sandbox.choose import Level, Verdict, choose_sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.kept import KeptTests
from pytest_llmbench.sandbox.plain import Plain
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher
from pytest_llmbench.sandbox.selftest import self_test
from pytest_llmbench.sandbox.users import UserPool

asynchronous = pytest.mark.asyncio


def strict(sandbox: Sandbox) -> Bubblewrap:
    assert isinstance(sandbox, Bubblewrap)
    return sandbox


class Slipped(Bubblewrap):
    """Bubblewrap with a mistake in its command line."""

    def __init__(self, good: Bubblewrap, remove: tuple[str, ...] = (), add: tuple[str, ...] = ()) -> None:
        super().__init__(Path(good._binary), good._users)
        self._remove, self._add = remove, add

    def argv(self, command: Command, user: int | None, filter_fd: int) -> list[str]:
        argv = [part for part in super().argv(command, user, filter_fd) if part not in self._remove]
        position = argv.index("--chdir")
        return [*argv[:position], *self._add, *argv[position:]]


class Unlimited(Bubblewrap):
    """Bubblewrap that forgets the limits."""

    def __init__(self, good: Bubblewrap) -> None:
        super().__init__(Path(good._binary), good._users)

    async def start(self, command: Command) -> SandboxProcess:  # type: ignore[override]
        return await super().start(command.model_copy(update={"limits": Limits(processes=500)}))


@asynchronous
async def test_every_level_here_passes_quickly(sandbox: Sandbox) -> None:
    await self_test(sandbox, os.environ)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        assert await self_test(sandbox, os.environ) == []
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.5  # 0.04 where nothing else runs


@asynchronous
@pytest.mark.parametrize(
    ("remove", "add", "complaint"),
    [
        ((), ("--ro-bind", "/etc", "/etc"), "files of this machine can be read"),
        ((), ("--ro-bind", "/tmp", "/tmp"), "files of this machine can be read"),
        ((), ("--bind", "/", "/"), "."),
        (("--unshare-net",), (), "a port of this machine can be reached"),
        (("--unshare-pid",), (), "other processes can be seen|."),
        ((), ("--tmpfs", "/tmp"), "/tmp holds"),
        ((), ("--tmpfs", "/etc", "--chmod", "1777", "/etc"), "folders can be written to"),
        ((), ("--remount-ro", "/work"), "folders cannot be written to"),
        ((), ("--bogus-option",), "bogus"),
    ],
)
async def test_a_slip_is_found(
    any_sandbox: Sandbox, remove: tuple[str, ...], add: tuple[str, ...], complaint: str
) -> None:
    problems = await self_test(Slipped(strict(any_sandbox), remove, add), os.environ)
    assert problems
    assert any(re.search(complaint, problem) for problem in problems), problems


@asynchronous
async def test_a_missing_filter_is_found(any_sandbox: Sandbox) -> None:
    class Unfiltered(Slipped):
        def argv(self, command: Command, user: int | None, filter_fd: int) -> list[str]:
            argv = super().argv(command, user, filter_fd)
            position = argv.index("--seccomp")
            return argv[:position] + argv[position + 2 :]

    assert any(
        "Seccomp is 0" in problem for problem in await self_test(Unfiltered(strict(any_sandbox)), os.environ)
    )


@asynchronous
async def test_missing_limits_are_found(any_sandbox: Sandbox) -> None:
    problems = await self_test(Unlimited(strict(any_sandbox)), os.environ)
    for expected in ("more memory", "more than 5 processes", "the limit nofile", "/tmp holds"):
        assert any(expected in problem for problem in problems), problems


@pytest.fixture
def open_home() -> Iterator[str]:
    """A home folder that others may enter, unlike pytest's temporary folders."""
    with tempfile.TemporaryDirectory(prefix="llmbench-home-") as home:
        Path(home).chmod(0o755)
        Path(home, ".ssh").mkdir()
        yield home


@asynchronous
async def test_a_visible_home_is_found(any_sandbox: Sandbox, open_home: str) -> None:
    slipped = Slipped(strict(any_sandbox), (), ("--ro-bind", open_home, "/tmp/elsewhere"))
    assert await self_test(slipped, {"HOME": open_home}) == []
    slipped = Slipped(strict(any_sandbox), (), ("--ro-bind", open_home, open_home))
    assert await self_test(slipped, {"HOME": open_home}) == [
        f"the home folder can be seen inside: {open_home}/.ssh"
    ]


@asynchronous
@pytest.mark.skipif(os.geteuid() != 0, reason="only root is exempt from the limit of processes")
async def test_roots_exemption_from_the_limit_of_processes_is_found(any_sandbox: Sandbox) -> None:
    problems = await self_test(Bubblewrap(Path(strict(any_sandbox)._binary), None), os.environ)
    assert any("processes can be started" in problem for problem in problems)


@asynchronous
async def test_a_process_without_isolation_fails_the_test() -> None:
    assert len(await self_test(Plain(), os.environ)) > 3


@asynchronous
async def test_the_first_level_that_works_is_chosen(any_sandbox: Sandbox) -> None:
    sandbox = await choose_sandbox(allow_unsafe=True, environ=os.environ)
    assert sandbox.level == any_sandbox.level
    assert sandbox.level == ("bubblewrap-root" if os.geteuid() == 0 else "bubblewrap-userns")


def blocked() -> list[Level]:
    """Levels of a machine on which bubblewrap starts nothing."""

    class Blocked:
        level = "bubblewrap-userns"
        holds = Holds()

        async def start(self, command: Command) -> SandboxProcess:
            raise SandboxError("bwrap: No permissions to create new namespace")

    return [Level("bubblewrap-userns (/usr/bin/bwrap)", Blocked), Level("bubblewrap-userns (wheel)", Blocked)]


@asynchronous
async def test_without_any_level_the_reasons_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "levels", blocked)
    with pytest.raises(SandboxUnavailable) as caught:
        await choose_sandbox(allow_unsafe=False, environ=os.environ)
    text = str(caught.value)
    assert text.count("No permissions to create new namespace") == 2
    assert text.count("Do: ") == 1
    assert "--llm-allow-unsafe" in text


@asynchronous
async def test_unsafe_has_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "levels", list)
    with pytest.raises(SandboxUnavailable, match="bubblewrap is not installed"):
        await choose_sandbox(allow_unsafe=False, environ=os.environ)
    assert (await choose_sandbox(allow_unsafe=True, environ=os.environ)).level == "none"


@asynchronous
async def test_other_systems_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    with pytest.raises(
        SandboxUnavailable, match=r"this is Darwin.*Linux container, or WSL.*--llm-allow-unsafe"
    ):
        await choose_sandbox(allow_unsafe=False, environ=os.environ)


@pytest.mark.parametrize(
    ("files", "remedy"),
    [
        ({".dockerenv": ""}, "--security-opt seccomp=unconfined"),
        ({"proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n"}, "apt install bubblewrap"),
        ({"proc/sys/kernel/unprivileged_userns_clone": "0\n"}, "kernel.unprivileged_userns_clone=1"),
        ({"proc/sys/user/max_user_namespaces": "0\n"}, "user.max_user_namespaces"),
        ({"proc/sys/user/max_user_namespaces": "9000\n"}, "docs/sandbox.md"),
    ],
)
def test_the_advice_fits_the_machine(tmp_path: Path, files: dict[str, str], remedy: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = advice("bwrap: setting up uid map: Permission denied", tmp_path)
    assert found is not None
    assert remedy in found


def test_there_is_no_advice_on_other_problems() -> None:
    assert advice("/tmp holds 9 bytes, 1 were asked for") is None


def test_users_are_handed_out_once() -> None:
    pool = UserPool(1000)
    taken = [pool.take() for _ in range(64)]
    assert len(set(taken)) == 64
    with pytest.raises(SandboxError, match="64"):
        pool.take()
    pool.give_back(taken[5])
    assert pool.take() == taken[5]
    assert not set(taken) & {UserPool(1001).take() for _ in range(1)}


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_many_hosts_leave_no_open_files(any_sandbox: Sandbox) -> None:
    async def rounds(count: int) -> None:
        launcher = PythonLauncher(any_sandbox, Limits())
        for _ in range(count):
            host = await launcher.load(Source(code="def f(): return 1"))
            await host.call("f", (), timeout_s=10)
            await host.close()

    asyncio.run(rounds(3))
    before = open_files()
    asyncio.run(rounds(20))
    assert open_files() == before


def kept_in(folder: Path) -> KeptTests:
    return KeptTests({"XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder)})


@asynchronous
async def test_a_passed_test_is_kept_until_something_changes(
    any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[str] = []

    async def examined(level: Level, _environ: object) -> Verdict:
        tried.append(level.name)
        return Verdict(level.name, any_sandbox, None)

    binary = tmp_path / "bwrap"
    binary.write_text("one")
    monkeypatch.setattr(choose, "examine", examined)
    monkeypatch.setattr(choose, "levels", lambda: [Level("here", lambda: any_sandbox, binary)])
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    for _ in range(2):
        assert await choose_sandbox(allow_unsafe=False, environ=environ) is any_sandbox
    assert tried == ["here"]
    binary.write_text("another")
    await choose_sandbox(allow_unsafe=False, environ=environ)
    assert tried == ["here", "here"]
    assert kept_in(tmp_path).passed("here", binary)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sys.executable", "/usr/bin/another-python")
        assert not kept_in(tmp_path).passed("here", binary), "another environment tests for itself"
        kept_in(tmp_path).keep("here", binary)
    assert kept_in(tmp_path).passed("here", binary), "and takes nothing from this one"
    (tmp_path / "cache" / "pytest-llmbench" / "sandbox.json").write_text("[broken")
    await choose_sandbox(allow_unsafe=False, environ=environ)
    assert tried == ["here"] * 3


@asynchronous
async def test_a_failure_is_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(choose, "levels", blocked)
    environ = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    for _ in range(2):
        with pytest.raises(SandboxUnavailable):
            await choose_sandbox(allow_unsafe=False, environ=environ)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - the loop has nothing else to do


@asynchronous
async def test_a_cache_that_cannot_be_written_is_done_without(
    any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(choose, "levels", lambda: [Level("here", lambda: any_sandbox)])
    environ = {"XDG_CACHE_HOME": str(tmp_path / "file"), "HOME": str(tmp_path)}
    assert await choose_sandbox(allow_unsafe=False, environ=environ) is any_sandbox


@pytest.mark.parametrize(
    ("problem", "remedy"),
    [
        ("Landlock of version 3 is needed (Linux 6.2), this kernel has 1", "Linux 6.2 or newer"),
        (
            "the host does not start: landlock: [Errno 13] Permission denied: '/root/python'",
            "all users can read",
        ),
    ],
)
def test_there_is_advice_for_landlock_too(problem: str, remedy: str) -> None:
    assert remedy in (advice(problem) or "")
