"""Python's collector of reference cycles, held back while a run goes on.

A run makes many objects that live as long as it does, and few cycles. By its defaults the collector walks
through all of them again and again, which took a quarter of the CPU time of a run of 2,000 calls.
"""

from __future__ import annotations

import gc
from functools import partial

import pytest

_YOUNG = 50_000
"""New objects before the collector looks at them; Python's own figure is 700 to 2,000."""


def hold_back(config: pytest.Config) -> None:
    """Let it look seldom, until the session's end. A collector that is off, or that looks less, is left."""
    before = gc.get_threshold()
    if 0 < before[0] < _YOUNG:
        gc.set_threshold(_YOUNG, *before[1:])
    config.add_cleanup(partial(gc.set_threshold, *before))


def keep_what_is_there() -> None:
    """Have it pass over what is there when the work begins: modules, items, fixtures, all of pytest.

    That holds to the end of the process, where Python and pytest would look through all of it several times
    more: a sixth of the CPU time of a run of one call. What has been frozen before is enough, since a process
    with several sessions is not to keep the objects of each.
    """
    if not gc.get_freeze_count():
        gc.freeze()
