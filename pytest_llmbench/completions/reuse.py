"""Tells whether a request went over a connection that had been used before.

A server may close a connection that it has kept open just when the next request comes along. Such a
request has met nobody: it says nothing about the server, and is sent once more over another one.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp


@dataclass(slots=True)
class Way:
    """The connection that a request goes over."""

    reused: bool = False


WAY: ContextVar[Way | None] = ContextVar("llmbench_way", default=None)
"""Set by whoever sends a request and wants to know."""


def reuse_tracing() -> aiohttp.TraceConfig:
    """Make the configuration of a session that fills in `WAY`."""
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_reuseconn.append(_reused)
    return tracing


async def _reused(
    session: aiohttp.ClientSession, context: SimpleNamespace, given: aiohttp.TraceConnectionReuseconnParams
) -> None:
    way = WAY.get()
    if way is not None:
        way.reused = True
