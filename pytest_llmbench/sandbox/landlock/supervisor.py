"""The process between judge and candidate where there are no namespaces: starts it, and ends it.

It makes a folder to write in and forks; the child confines itself and executes the command. Orphans of
the candidate become its own children, so that when the candidate ends, or the judge asks or dies, it can
kill until nothing is left, and remove the folder. A program of its own, loaded by `level`.
"""

from __future__ import annotations

import posix
import stat
from _signal import SIG_BLOCK, pthread_sigmask, sigtimedwait  # type: ignore[import-not-found]

from pytest_llmbench.sandbox.landlock.confine import (
    FAILED,
    SET_SUBREAPER,
    SIGCHLD,
    SIGKILL,
    SIGTERM,
    be_candidate,
    die_before,
    prctl,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_LOOK_S = 0.05
_SWEEPS = 200
_SIGNALLED = 128
_BLOCK = 512
_OWN_USERS = 0x70000000  # from here on a user number belongs to one sandbox of the machine; see `users`
_ENDLESS = 10**9
FOLDERS = ("work", "tmp")


def _make_folders(folder: str, user: int | None) -> None:
    for path in (folder, *(f"{folder}/{name}" for name in FOLDERS)):
        posix.mkdir(path, 0o700)
        if user is not None:
            posix.chown(path, user, user)


def _below(pid: int) -> list[int]:
    """All processes below one."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        try:
            for thread in posix.listdir(f"/proc/{parent}/task"):
                handle = posix.open(f"/proc/{parent}/task/{thread}/children", posix.O_RDONLY)
                numbers = [int(number) for number in posix.read(handle, 1 << 20).split()]
                posix.close(handle)
                found += numbers
                waiting += numbers
        except OSError:
            continue
    return found


def _reap() -> dict[int, int]:
    """The children that have ended, with how."""
    ended: dict[int, int] = {}
    try:
        while True:
            pid, status = posix.waitpid(-1, posix.WNOHANG)
            if pid == 0:
                return ended
            ended[pid] = status
    except ChildProcessError:
        return ended


def _kill_as(user: int) -> None:
    """Kill all processes of a user at once, from which no fork gets away; the user is this sandbox's own."""
    killer = posix.fork()
    if killer == 0:
        try:
            posix.setgroups([])
            posix.setresgid(user, user, user)
            posix.setresuid(user, user, user)
            if posix.getresuid() == (user, user, user) and user > 0:
                posix.kill(-1, SIGKILL)
        finally:
            posix._exit(0)  # noqa: SLF001
    posix.waitpid(killer, 0)


def _kill_all(user: int | None) -> None:
    """Kill until nothing is left."""
    supervisor = posix.getpid()
    for sweep in range(_ENDLESS):
        below = _below(supervisor)
        for pid in below:
            try:
                posix.kill(pid, SIGKILL)
            except OSError:
                continue
        _reap()
        if not below:
            return
        if sweep % _SWEEPS == _SWEEPS - 1:
            if user is not None and user >= _OWN_USERS:
                _kill_as(user)
            sigtimedwait({SIGCHLD}, _LOOK_S)


def _remove(folder: str) -> None:
    """Remove a folder of any depth: what lies below is moved up, never descended into."""
    moved = 0
    for top in (f"{folder}/{name}" for name in FOLDERS):
        while names := posix.listdir(top):
            for name in names:
                path = f"{top}/{name}"
                if not stat.S_ISDIR(posix.lstat(path).st_mode):
                    posix.unlink(path)
                    continue
                posix.chmod(path, 0o700)
                for inner in posix.listdir(path):
                    if stat.S_ISDIR(posix.lstat(f"{path}/{inner}").st_mode):
                        moved += 1
                        posix.chmod(f"{path}/{inner}", 0o700)
                        posix.rename(f"{path}/{inner}", f"{top}/.moved-{moved}")
                    else:
                        posix.unlink(f"{path}/{inner}")
                posix.rmdir(path)
        posix.rmdir(top)
    posix.rmdir(folder)


def _used(folder: str, most: int) -> int:
    """The bytes below a folder; no more are counted than are of interest."""
    total = 0
    waiting = [folder]
    while waiting and total <= most:
        try:
            with posix.scandir(waiting.pop()) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    total += max(found.st_blocks * _BLOCK, _BLOCK)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return total


def _excess(plan: dict[str, Any]) -> str | None:
    """What the candidate has more of than it may, or None."""
    if len(_below(posix.getpid())) > plan["processes"]:
        return f"processes: more than {plan['processes']}"
    if _used(plan["folder"], plan["bytes"]) > plan["bytes"]:
        return f"files: more than {plan['bytes']} bytes"
    return None


def _watch(plan: dict[str, Any], candidate: int, judge: int) -> int:
    """Wait for an end, whoever brings it about, and give the exit code."""
    while True:
        told = sigtimedwait({SIGTERM, SIGCHLD}, _LOOK_S)
        ended = _reap()
        if candidate in ended:
            code = posix.waitstatus_to_exitcode(ended[candidate])
            return code if code >= 0 else _SIGNALLED - code
        if (told is not None and told.si_signo == SIGTERM) or posix.getppid() != judge:
            return _SIGNALLED + SIGKILL
        if (excess := _excess(plan)) is not None:
            posix.write(2, f"landlock: {excess}\n".encode())
            return _SIGNALLED + SIGKILL


def supervise(plan: dict[str, Any]) -> NoReturn:
    """Run a command, restricted; end it, and all that it started; end this process as it ended."""
    code = FAILED
    judge, user = posix.getppid(), plan["user"]
    pthread_sigmask(SIG_BLOCK, {SIGTERM, SIGCHLD})
    try:
        die_before(SIGTERM)
        prctl(SET_SUBREAPER, 1)
        _make_folders(plan["folder"], user)
        supervisor = posix.getpid()
        candidate = posix.fork()
        if candidate == 0:
            be_candidate(plan, supervisor)
        nothing = posix.open("/dev/null", posix.O_RDWR)
        posix.dup2(nothing, 0)
        posix.dup2(nothing, 1)
        code = _watch(plan, candidate, judge)
    except OSError as error:
        posix.write(2, f"landlock: {error}\n".encode())
    _kill_all(user)
    try:
        _remove(plan["folder"])
    except OSError as error:
        posix.write(2, f"landlock: {error}\n".encode())
    posix._exit(code)  # noqa: SLF001
