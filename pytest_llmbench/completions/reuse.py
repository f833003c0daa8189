"""Tells whether a request went over a connection that had been used before.

A server may close a connection that it has kept open just when the next request comes along. Such a
request has met nobody: it says nothing about the server, and is sent once more over another one.
"""

from __future__ import annotations

import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakSet

import aiohttp

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace


@dataclass(slots=True)
class Way:
    """The connection that a request goes over."""

    reused: bool = False


WAY: ContextVar[Way | None] = ContextVar("llmbench_way", default=None)
"""Set by whoever sends a request and wants to know."""


class TellingConnector(aiohttp.TCPConnector):
    """A connector that fills in `WAY`. aiohttp's tracing would tell it too, with more work for each request.

    Args:
        context: What TLS is spoken with.
        keep_alive_s: Seconds that a connection is kept open without a request.
    """

    def __init__(self, context: ssl.SSLContext, keep_alive_s: float) -> None:
        # 0 is for any number of connections.
        super().__init__(limit=0, ssl=context, keepalive_timeout=keep_alive_s)
        self._used: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the signature is the one of aiohttp
    ) -> Connection:
        """Give a connection from the pool, or a new one."""
        connection = await super().connect(req, traces, timeout)
        way, protocol = WAY.get(), connection.protocol
        if way is not None and protocol is not None:
            way.reused = protocol in self._used
            self._used.add(protocol)
        return connection
