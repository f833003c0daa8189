"""What the filter of system calls has to deny where there are no namespaces.

Processes, sockets and files of the machine are all in sight there. Landlock keeps files from being
opened, and from version 6 on other processes from being signalled; the rest is refused here: sockets of
any kind, and, where the candidate is the very user that runs the tests, what a user may do to their own
files' metadata and to their other processes.
"""

from __future__ import annotations

import errno
import platform
from collections.abc import Iterable

from pytest_llmbench.sandbox.seccomp import (
    AND,
    ARGUMENT_BYTES,
    ARGUMENTS,
    JUMP_EQUAL,
    LOAD,
    allow,
    answer,
    deny,
    only_for,
    op,
    seccomp_program,
)

OWN_PROCESS = 0x5E1F_0001
"""Stands in the program for the number of the process that it is installed in, known only then."""

_KINDS = (1, 5)  # SOCK_STREAM, SOCK_SEQPACKET: a pair of datagram sockets can be connected elsewhere
_KIND_BITS = 0xF
_OWNER_COMMANDS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: a signal on input, sent by the kernel
_OWNER_IOCTLS = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP

_FILTERED = {
    "x86_64": {"socketpair": 53, "kill": 62, "tgkill": 234, "fcntl": 72, "ioctl": 16},
    "aarch64": {"socketpair": 199, "kill": 129, "tgkill": 131, "fcntl": 25, "ioctl": 29},
}
_SOCKETS = {  # a socket that is inherited or paired stays what it is
    "x86_64": {"connect": 42, "bind": 49, "listen": 50},
    "aarch64": {"connect": 203, "bind": 200, "listen": 201},
}
_METADATA = {  # Landlock leaves these alone
    "x86_64": {
        "chmod": 90,
        "fchmod": 91,
        "chown": 92,
        "fchown": 93,
        "lchown": 94,
        "utime": 132,
        "setxattr": 188,
        "lsetxattr": 189,
        "fsetxattr": 190,
        "removexattr": 197,
        "lremovexattr": 198,
        "fremovexattr": 199,
        "utimes": 235,
        "inotify_add_watch": 254,
        "fchownat": 260,
        "futimesat": 261,
        "fchmodat": 268,
        "utimensat": 280,
        "fchmodat2": 452,
        "setxattrat": 463,
        "removexattrat": 466,
        "file_setattr": 469,
    },
    "aarch64": {
        "setxattr": 5,
        "lsetxattr": 6,
        "fsetxattr": 7,
        "removexattr": 14,
        "lremovexattr": 15,
        "fremovexattr": 16,
        "inotify_add_watch": 27,
        "fchmod": 52,
        "fchmodat": 53,
        "fchownat": 54,
        "fchown": 55,
        "utimensat": 88,
        "fchmodat2": 452,
        "setxattrat": 463,
        "removexattrat": 466,
        "file_setattr": 469,
    },
}
_OTHER_PROCESSES = {
    "x86_64": {"setpriority": 141, "ioprio_set": 251},
    "aarch64": {"setpriority": 140, "ioprio_set": 30},
}
_OWN_ONLY = {  # allowed where the first argument, a process, is 0: the caller itself
    "x86_64": {
        "sched_setparam": 142,
        "sched_setscheduler": 144,
        "sched_setaffinity": 203,
        "prlimit64": 302,
        "sched_setattr": 314,
    },
    "aarch64": {
        "sched_setparam": 118,
        "sched_setscheduler": 119,
        "sched_setaffinity": 122,
        "prlimit64": 261,
        "sched_setattr": 274,
    },
}
_SIGNALS = {
    "x86_64": {"tkill": 200, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "pidfd_send_signal": 424},
    "aarch64": {"tkill": 130, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "pidfd_send_signal": 424},
}


def landlock_filter(machine: str | None = None, *, same_user: bool, signals_scoped: bool) -> bytes:
    """The filter program.

    Args:
        machine: What it is for; this machine where it is None.
        same_user: Whether the candidate is the user that runs the tests.
        signals_scoped: Whether Landlock keeps signals inside.
    """
    machine = machine or platform.machine()
    further = [
        *only_for(_FILTERED[machine]["socketpair"], _pair_body()),
        *deny(_SOCKETS[machine].values(), errno.EPERM),
    ]
    if same_user:
        further += deny([*_METADATA[machine].values(), *_OTHER_PROCESSES[machine].values()], errno.EPERM)
        for number in _OWN_ONLY[machine].values():
            further += only_for(number, _first_argument_in((0,)))
    if same_user and not signals_scoped:
        further += _without_signals(machine)
    return seccomp_program(machine, families=(), further=further)


def _without_signals(machine: str) -> Iterable[bytes]:
    """A process can signal itself (libraries do, to abort), and no other."""
    filtered = _FILTERED[machine]
    # An ioctl that is none of these goes on to the common part: no decision for it here.
    owner = [op(LOAD, ARGUMENTS + ARGUMENT_BYTES), *deny(_OWNER_IOCTLS, errno.EPERM), op(LOAD, 0)]
    return [
        *only_for(filtered["kill"], _first_argument_in((OWN_PROCESS,))),
        *only_for(filtered["tgkill"], _first_argument_in((OWN_PROCESS,))),
        *deny(_SIGNALS[machine].values(), errno.EPERM),
        *only_for(
            filtered["fcntl"],
            [op(LOAD, ARGUMENTS + ARGUMENT_BYTES), *deny(_OWNER_COMMANDS, errno.EPERM), allow()],
        ),
        *only_for(filtered["ioctl"], owner),
    ]


def _first_argument_in(values: Iterable[int]) -> list[bytes]:
    allowed = [one for value in values for one in (op(JUMP_EQUAL, value, 0, 1), allow())]
    return [op(LOAD, ARGUMENTS), *allowed, answer(errno.EPERM)]


def _pair_body() -> list[bytes]:
    allowed = [one for kind in _KINDS for one in (op(JUMP_EQUAL, kind, 0, 1), allow())]
    return [op(LOAD, ARGUMENTS + ARGUMENT_BYTES), op(AND, _KIND_BITS), *allowed, answer(errno.EAFNOSUPPORT)]
