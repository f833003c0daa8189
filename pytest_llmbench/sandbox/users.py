"""Unprivileged user numbers for root's sandboxes: one each, so that none can touch or count another's."""

from __future__ import annotations

from pathlib import Path

from pytest_llmbench.errors import SandboxError

_PER_PROCESS = 64
_MANY = range(0x70000000, 0x7FFFFFFF)  # beyond what systems, containers and directories hand out
_FEW = range(20_000, 60_000)  # where a container maps 65,536 users only


class UserPool:
    """Hands out user numbers, the same set for no two processes of this machine where there are enough.

    Args:
        process_id: The process that the pool is for.
    """

    def __init__(self, process_id: int) -> None:
        numbers = _MANY if is_mapped(_MANY[-1]) else _FEW
        first = numbers[0] + process_id * _PER_PROCESS % (len(numbers) - _PER_PROCESS)
        self._free = list(range(first + _PER_PROCESS - 1, first - 1, -1))

    def take(self) -> int:
        """A number that no other sandbox of this process has now.

        Raises:
            SandboxError: All are taken.
        """
        if not self._free:
            raise SandboxError(f"more than {_PER_PROCESS} sandboxes at once")
        return self._free.pop()

    def give_back(self, user: int) -> None:
        """Nothing of the sandbox that had this number is left."""
        self._free.append(user)


def is_mapped(user: int) -> bool:
    """Whether this user namespace knows a user number; the machine's own knows all."""
    for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines():
        first, _, count = map(int, line.split())
        if first <= user < first + count:
            return True
    return False
