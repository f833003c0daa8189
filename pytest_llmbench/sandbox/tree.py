"""The processes below one, and the memory that they use: read from /proc, which is quick."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def children(pid: int) -> list[int]:
    """The processes that this one has started and that have not been waited for."""
    found: list[int] = []
    folder = f"/proc/{pid}/task"
    try:
        threads = os.listdir(folder)  # noqa: PTH208 - all of this is walked for every answer, and many times
    except OSError:
        return found
    for thread in threads:
        with contextlib.suppress(OSError), open(f"{folder}/{thread}/children", "rb", 0) as kernel:  # noqa: PTH123
            found += map(int, kernel.read().split())
    return found


def descendants(pid: int) -> list[int]:
    """All processes below one, parents before children."""
    found: list[int] = []
    waiting = children(pid)
    while waiting:
        found += waiting
        waiting = [child for parent in waiting for child in children(parent)]
    return found


def resident_bytes(pid: int) -> int:
    """Memory of a process, what it shares with others included; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def proportional_bytes(pid: int) -> int:
    """Memory of a process, with a share only of what others have too; some 13 ms of work for a large one."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_bytes()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(b"Pss:")) * 1024
    except (OSError, StopIteration, ValueError):
        return resident_bytes(pid)


def memory_above(pid: int, allowed: int) -> int | None:
    """The bytes that the processes below one use together, where they are more than allowed."""
    below = descendants(pid)
    if sum(map(resident_bytes, below)) <= allowed:
        return None
    used = sum(map(proportional_bytes, below))
    return used if used > allowed else None


def cpu_seconds(pid: int) -> float:
    """CPU time of the processes below one so far, those included that have ended and been waited for."""
    return sum(map(_cpu_ticks, descendants(pid))) / _TICKS_PER_S


def _cpu_ticks(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
        return sum(map(int, text[text.rindex(b")") + 2 :].split()[11:15]))  # its name may hold anything
    except (OSError, ValueError):
        return 0


def kill_inside(pid: int) -> None:
    """Kill a sandbox: what is inside, after which the outermost process, this one, ends by itself.

    Its end then tells that nothing inside is left. It is killed itself only where nothing is inside yet.
    """
    _kill(descendants(pid) or [pid])


def kill_group(pid: int) -> None:
    """Kill a process that leads a group, the group, and all that can be found below it."""
    below = descendants(pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    _kill(below)


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
