"""What a candidate's process gives up before its command is executed: files, system calls, privileges.

Loaded by the supervisor, in a process of its own, with nothing but built-in modules and ctypes.
"""

from __future__ import annotations

import ctypes
import posix
import stat
from _signal import SIG_UNBLOCK, pthread_sigmask  # type: ignore[import-not-found]  # `signal` loads enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

# See <linux/landlock.h>, <linux/prctl.h> and <linux/seccomp.h>.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
_DEVICE_NODES = 1 << 6 | 1 << 11  # MAKE_CHAR, MAKE_BLOCK
_TRUNCATE, _DEVICE_CONTROL = 1 << 14, 1 << 15
_BEFORE_DEVICE_CONTROL, _ALL = (1 << 15) - 1, (1 << 16) - 1
_NETWORK_FROM, _DEVICE_CONTROL_FROM, _SCOPED_FROM = 4, 5, 6
_FOR_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _DEVICE_CONTROL
_RIGHTS = {"read": _EXECUTE | _READ | _LIST, "list": _LIST, "device": _READ | _WRITE | _TRUNCATE}
_OWN_PROC = ("status", "stat", "statm", "maps", "limits", "cmdline")
_SET_PDEATHSIG, SET_SUBREAPER, _SET_NO_NEW_PRIVS, _SET_SECCOMP = 1, 36, 38, 22
SIGKILL, SIGTERM, SIGCHLD = 9, 15, 17
FAILED = 125

_libc: Any = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Rule(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {posix.strerror(number)}")
    return result


def prctl(option: int, value: object, *, more: object = None) -> None:
    """Call `prctl`, whose arguments are as long as a register."""
    unused = ctypes.c_ulong(0)
    given = ctypes.c_ulong(value) if isinstance(value, int) else value
    _checked(_libc.prctl(option, given, unused if more is None else more, unused, unused), f"prctl {option}")


def _allow_path(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = posix.open(path, posix.O_PATH | posix.O_CLOEXEC)
    except OSError:
        return  # not on this machine, or not for this user
    try:
        if not stat.S_ISDIR(posix.fstat(handle).st_mode):
            rights &= _FOR_FILES
        if rights:
            rule = _Rule(rights, handle)
            _checked(_libc.syscall(_ADD_RULE, ruleset, 1, ctypes.byref(rule), 0), f"landlock rule for {path}")
    finally:
        posix.close(handle)


def _restrict_files(plan: dict[str, Any]) -> None:
    version = plan["version"]
    everything = _ALL if version >= _DEVICE_CONTROL_FROM else _BEFORE_DEVICE_CONTROL
    wanted = _Ruleset(
        everything,
        3 if version >= _NETWORK_FROM else 0,  # binding and connecting by TCP: no port is allowed
        3 if version >= _SCOPED_FROM else 0,  # abstract Unix sockets and signals
    )
    size = 24 if version >= _SCOPED_FROM else 16 if version >= _NETWORK_FROM else 8
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, ctypes.byref(wanted), size, 0), "landlock")
    for path, kind in plan["grants"]:
        _allow_path(ruleset, path, _RIGHTS[kind] & everything)
    for name in _OWN_PROC:
        _allow_path(ruleset, f"/proc/self/{name}", _READ)
    _allow_path(ruleset, plan["folder"], everything & ~_DEVICE_NODES)
    _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0), "landlock")
    posix.close(ruleset)


def _restrict_calls(plan: dict[str, Any]) -> None:
    own = posix.getpid().to_bytes(4, "little")
    code = plan["filter"].replace(plan["own_process"].to_bytes(4, "little"), own)
    program = _Program(len(code) // 8, code)
    prctl(_SET_SECCOMP, 2, more=ctypes.byref(program))


def _become_first_to_die() -> None:
    handle = posix.open("/proc/self/oom_score_adj", posix.O_WRONLY)
    posix.write(handle, b"1000")
    posix.close(handle)


def die_before(signal: int) -> None:
    """Be sent a signal when the parent ends."""
    prctl(_SET_PDEATHSIG, signal)


def be_candidate(plan: dict[str, Any], supervisor: int) -> NoReturn:
    """Give everything up, then execute the command."""
    try:
        posix.setsid()
        _become_first_to_die()
        posix.chdir(f"{plan['folder']}/work")
        user = plan["user"]
        if user is not None:
            posix.setgroups([])
            posix.setresgid(user, user, user)
            posix.setresuid(user, user, user)
        die_before(SIGKILL)
        if posix.getppid() != supervisor:
            posix._exit(FAILED)  # noqa: SLF001
        prctl(_SET_NO_NEW_PRIVS, 1)
        _restrict_files(plan)
        pthread_sigmask(SIG_UNBLOCK, {SIGTERM, SIGCHLD})
        _restrict_calls(plan)
        posix.execve(plan["argv"][0], plan["argv"], plan["env"])
    except BaseException as error:  # noqa: BLE001 - whatever it is, this copy must not go on
        posix.write(2, f"landlock: {error}\n".encode())
    posix._exit(FAILED)  # noqa: SLF001
