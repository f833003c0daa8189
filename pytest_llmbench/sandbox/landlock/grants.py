"""The files that a command may open, where all of the machine's files stay in sight.

Landlock only adds rights, downwards; it cannot take away a folder below one that is granted. So where
something below is to be hidden, the entries around it are granted one by one, and what is hidden can be
listed by name and not opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from pytest_llmbench.sandbox.base import Command
from pytest_llmbench.sandbox.runtime import DEVICES, SYSTEM_FOLDERS

READ, LIST, DEVICE = "read", "list", "device"
"""Read and execute all below; list folders below; read and write one device."""

_LINKS = ("/bin", "/lib", "/lib64")
_FILES = ("/etc/ld.so.cache", "/proc/meminfo", "/proc/cpuinfo")

Grant = tuple[str, str]
"""A path, and the kind of right to it."""


def grants(command: Command) -> list[Grant]:
    """What a command may open, its folder to write in apart."""
    own = [str(mount.source) for mount in command.mounts]
    return [
        *((path, READ) for path in (*SYSTEM_FOLDERS, *_LINKS, *_FILES)),
        *((path, DEVICE) for path in DEVICES),
        *chain.from_iterable(_without(path, command.hidden) for path in own),
    ]


def _without(path: str, hidden: tuple[str, ...]) -> Iterator[Grant]:
    below = [folder for folder in hidden if Path(folder).is_relative_to(path)]
    if not below:
        yield path, READ
    elif path not in below:
        yield path, LIST
        with os.scandir(path) as entries:
            for entry in entries:
                yield from _without(entry.path, tuple(below))
