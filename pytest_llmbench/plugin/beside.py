"""Imports a library in a thread of its own, while other modules are imported.

aiohttp reads the certificates of the machine meanwhile, while other threads go on: 25 ms of each run.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from threading import Thread


def import_beside(name: str) -> None:
    """Start to import a module. Whoever imports it next waits for it, and meets the error if there is one."""
    Thread(target=_import, args=(name,), name="llmbench-import").start()


def _import(name: str) -> None:
    with suppress(Exception):
        import_module(name)
