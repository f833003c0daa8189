"""Keeps the garbage collector from what is loaded for a run: it is much, and needed to the end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Load what a run needs without looking for garbage meanwhile, and leave it out of later looks.

    Else the collector goes through all of it several times, and pytest's own looks at the end do again: that
    takes more CPU than loading aiohttp does. What a process has frozen before is enough: to freeze more for
    each session in it would keep the sessions before.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        if not gc.get_freeze_count():
            gc.freeze()
    finally:
        if enabled:
            gc.enable()
