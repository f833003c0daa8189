"""The system calls that a candidate is denied, as a filter program for the kernel.

It is a list of what to deny, since runtimes differ and grow: namespaces, mounts and other processes'
memory (ways out), memory that no limit counts (memfd, System V, message queues), and parts of the
kernel that are rich in holes and that no answer needs (bpf, io_uring, keyrings, rare socket families).
The program is made here, at start: some 1,200 bytes need no compiler, no library and no binary file in
the repository that a reader would have to trust.

Numbers: the kernel's own tables, `asm/unistd_64.h` for x86-64 and `asm-generic/unistd.h` for aarch64.
The aarch64 program has not been tried on such a machine.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Iterable

LOAD, AND, JUMP_EQUAL, _JUMP_ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x45, 0x06
_NUMBER, _ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in `struct seccomp_data`
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
ARGUMENT_BYTES = 8
_X32_BIT = 0x40000000

_CLONE_NEW = 0x7E020080  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWTIME
_TERMINAL_IOCTLS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: typing into the user's terminal
_SOCKET_FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK (which lists addresses)

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_FILTERED = {
    "x86_64": {"clone": 56, "ioctl": 16, "socket": 41},
    "aarch64": {"clone": 220, "ioctl": 29, "socket": 198},
}

_ABSENT = {  # answered with ENOSYS: runtimes then do without
    "x86_64": {"clone3": 435, "memfd_create": 319, "memfd_secret": 447},
    "aarch64": {"clone3": 435, "memfd_create": 279, "memfd_secret": 447},
}

_COMMON = {  # numbers that both architectures share
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "process_mrelease": 448,
}

_DENIED = {  # answered with EPERM
    "x86_64": {
        **_COMMON,
        "shmget": 29,
        "shmat": 30,
        "shmctl": 31,
        "semget": 64,
        "semop": 65,
        "semctl": 66,
        "shmdt": 67,
        "msgget": 68,
        "msgsnd": 69,
        "msgrcv": 70,
        "msgctl": 71,
        "ptrace": 101,
        "syslog": 103,
        "uselib": 134,
        "personality": 135,
        "modify_ldt": 154,
        "pivot_root": 155,
        "_sysctl": 156,
        "chroot": 161,
        "acct": 163,
        "mount": 165,
        "umount2": 166,
        "swapon": 167,
        "swapoff": 168,
        "reboot": 169,
        "sethostname": 170,
        "setdomainname": 171,
        "iopl": 172,
        "ioperm": 173,
        "init_module": 175,
        "delete_module": 176,
        "quotactl": 179,
        "lookup_dcookie": 212,
        "semtimedop": 220,
        "mbind": 237,
        "set_mempolicy": 238,
        "mq_open": 240,
        "kexec_load": 246,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "migrate_pages": 256,
        "unshare": 272,
        "move_pages": 279,
        "perf_event_open": 298,
        "fanotify_init": 300,
        "name_to_handle_at": 303,
        "open_by_handle_at": 304,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "kcmp": 312,
        "finit_module": 313,
        "kexec_file_load": 320,
        "bpf": 321,
        "userfaultfd": 323,
    },
    "aarch64": {
        **_COMMON,
        "lookup_dcookie": 18,
        "umount2": 39,
        "mount": 40,
        "pivot_root": 41,
        "chroot": 51,
        "quotactl": 60,
        "acct": 89,
        "personality": 92,
        "unshare": 97,
        "kexec_load": 104,
        "init_module": 105,
        "delete_module": 106,
        "syslog": 116,
        "ptrace": 117,
        "reboot": 142,
        "sethostname": 161,
        "setdomainname": 162,
        "mq_open": 180,
        "msgget": 186,
        "msgctl": 187,
        "msgrcv": 188,
        "msgsnd": 189,
        "semget": 190,
        "semctl": 191,
        "semtimedop": 192,
        "semop": 193,
        "shmget": 194,
        "shmctl": 195,
        "shmat": 196,
        "shmdt": 197,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "swapon": 224,
        "swapoff": 225,
        "mbind": 235,
        "set_mempolicy": 237,
        "migrate_pages": 238,
        "move_pages": 239,
        "perf_event_open": 241,
        "fanotify_init": 262,
        "name_to_handle_at": 264,
        "open_by_handle_at": 265,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "kcmp": 272,
        "finit_module": 273,
        "bpf": 280,
        "userfaultfd": 282,
        "kexec_file_load": 294,
    },
}


def op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; it jumps over so many of those that follow."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def answer(number: int) -> bytes:
    """The system call fails with this error."""
    return op(_RETURN, _ERRNO | number)


def allow() -> bytes:
    """The system call is made."""
    return op(_RETURN, _ALLOW)


def deny(numbers: Iterable[int], error: int) -> list[bytes]:
    """For each of these numbers, fail with an error; for others go on."""
    return [one for number in numbers for one in (op(JUMP_EQUAL, number, 0, 1), answer(error))]


def only_for(number: int, body: list[bytes]) -> list[bytes]:
    """A body that ends in a decision, for one system call; the others jump over it."""
    return [op(JUMP_EQUAL, number, 0, len(body)), *body]


def _clone_body() -> list[bytes]:
    return [op(LOAD, ARGUMENTS), op(_JUMP_ANY_BIT, _CLONE_NEW, 0, 1), answer(errno.EPERM), allow()]


def _ioctl_body() -> list[bytes]:
    # The kernel looks at the lower half of the request only, and so does this.
    return [op(LOAD, ARGUMENTS + ARGUMENT_BYTES), *deny(_TERMINAL_IOCTLS, errno.EPERM), allow()]


def _socket_body(families: Iterable[int]) -> list[bytes]:
    allowed = [one for family in families for one in (op(JUMP_EQUAL, family, 0, 1), allow())]
    return [op(LOAD, ARGUMENTS), *allowed, answer(errno.EAFNOSUPPORT)]


def seccomp_program(
    machine: str | None = None,
    *,
    families: Iterable[int] = _SOCKET_FAMILIES,
    further: Iterable[bytes] = (),
) -> bytes:
    """The filter for a machine (`platform.machine()`), as an array of `struct sock_filter`.

    Args:
        machine: What it is for; this machine where it is None.
        families: Families of sockets that can be made.
        further: Instructions that refuse more. They find the system call's number loaded, and go on
            with it loaded where they do not decide.

    Raises:
        KeyError: The machine is neither x86-64 nor aarch64.
    """
    machine = machine or platform.machine()
    filtered = _FILTERED[machine]
    head = [
        op(LOAD, _ARCHITECTURE),
        op(JUMP_EQUAL, _AUDIT_ARCH[machine], 1, 0),
        op(_RETURN, _KILL),
        op(LOAD, _NUMBER),
    ]
    x32 = [op(_JUMP_ANY_BIT, _X32_BIT, 0, 1), answer(errno.ENOSYS)] if machine == "x86_64" else []
    return b"".join(
        [
            *head,
            *x32,
            *further,
            *only_for(filtered["clone"], _clone_body()),
            *only_for(filtered["ioctl"], _ioctl_body()),
            *only_for(filtered["socket"], _socket_body(families)),
            *deny(_ABSENT[machine].values(), errno.ENOSYS),
            *deny(_DENIED[machine].values(), errno.EPERM),
            allow(),
        ]
    )
