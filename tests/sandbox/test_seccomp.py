"""The filter program decides as its tables say; its numbers are the kernel's."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest

from pytest_llmbench.sandbox import seccomp
from pytest_llmbench.sandbox.seccomp import seccomp_program

ALLOW, KILL = 0x7FFF0000, 0x80000000
MACHINES = ("x86_64", "aarch64")
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def decide(machine: str, number: int, *arguments: int, arch: int | None = None) -> int:
    """Run the program as the kernel would."""
    program = seccomp_program(machine)
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=IIQ6Q", number, ARCH[machine] if arch is None else arch, 0, *padded)
    accumulator = position = 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("=HBBI", program, position * 8)
        position += 1
        match code:
            case 0x20:
                accumulator = struct.unpack_from("=I", data, value)[0]
            case 0x15:
                position += if_true if accumulator == value else if_false
            case 0x45:
                position += if_true if accumulator & value else if_false
            case 0x06:
                return value


def refused(number: int) -> int:
    return 0x00050000 | number


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_listed_is_refused_and_the_rest_allowed(machine: str) -> None:
    denied = set(seccomp._DENIED[machine].values())
    absent = set(seccomp._ABSENT[machine].values())
    for number in range(500):
        expected = (
            refused(errno.EPERM) if number in denied else refused(errno.ENOSYS) if number in absent else ALLOW
        )
        if number != seccomp._FILTERED[machine]["socket"]:
            assert decide(machine, number) == expected, number


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architectures_calls_end_the_process(machine: str) -> None:
    assert decide(machine, 1, arch=0x40000003) == KILL


def test_x32_calls_do_not_exist() -> None:
    assert decide("x86_64", 0x40000000 | 1) == refused(errno.ENOSYS)


@pytest.mark.parametrize("machine", MACHINES)
def test_clone_makes_processes_and_threads_but_no_namespaces(machine: str) -> None:
    clone = seccomp._FILTERED[machine]["clone"]
    assert decide(machine, clone, 0x01200011) == ALLOW  # fork
    assert decide(machine, clone, 0x003D0F00) == ALLOW  # a thread
    for flag in (
        0x00000080,
        0x00020000,
        0x02000000,
        0x04000000,
        0x08000000,
        0x10000000,
        0x20000000,
        0x40000000,
    ):
        assert decide(machine, clone, flag | 17) == refused(errno.EPERM), hex(flag)


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_is_typed_into_a_terminal(machine: str) -> None:
    ioctl = seccomp._FILTERED[machine]["ioctl"]
    assert decide(machine, ioctl, 0, 0x5401) == ALLOW
    assert decide(machine, ioctl, 0, 0x5412) == refused(errno.EPERM)
    assert decide(machine, ioctl, 0, (1 << 32) | 0x541C) == refused(errno.EPERM)


@pytest.mark.parametrize("machine", MACHINES)
def test_only_common_families_of_sockets_exist(machine: str) -> None:
    socket = seccomp._FILTERED[machine]["socket"]
    allowed = [family for family in range(64) if decide(machine, socket, family) == ALLOW]
    assert allowed == [1, 2, 10, 16]
    assert decide(machine, socket, 40) == refused(errno.EAFNOSUPPORT)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_the_kernels(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    pattern = r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b"
    kernel = {name: int(number) for name, number in re.findall(pattern, header.read_text())}
    table = seccomp._DENIED[machine] | seccomp._ABSENT[machine] | seccomp._FILTERED[machine]
    known = {name: number for name, number in table.items() if name in kernel}
    assert known == {name: kernel[name] for name in known}
    assert len(known) >= len(table) - 3


def test_other_machines_have_no_program() -> None:
    with pytest.raises(KeyError):
        seccomp_program("riscv64")
