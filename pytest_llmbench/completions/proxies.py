"""Sends requests through the proxy that the environment names, as other command-line tools do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import ip_address

import httpx


class ProxiedTransport(httpx.AsyncBaseTransport):
    """Chooses a way for each request: the proxy for its scheme and host, or none.

    `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read, in capitals or not. This
    machine itself is never reached through a proxy.

    Args:
        environ: The environment.
        make: Makes the transport for a scheme and a proxy's URL, or None where there is no proxy.
    """

    def __init__(
        self, environ: Mapping[str, str], make: Callable[[str, str | None], httpx.AsyncBaseTransport]
    ) -> None:
        self._environ = environ
        self._make = make
        self._ways: dict[tuple[str, str | None], httpx.AsyncBaseTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        scheme = request.url.scheme
        way = scheme, proxy_for(scheme, request.url.host, self._environ)
        if way not in self._ways:
            self._ways[way] = self._make(*way)
        return await self._ways[way].handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for way in self._ways.values():
            await way.aclose()


def proxy_for(scheme: str, host: str, environ: Mapping[str, str]) -> str | None:
    """Say which proxy a request goes through; None where it goes straight."""
    if is_loopback(host):
        return None
    exempt = _either(environ, "no_proxy")
    if exempt and _exempts(exempt, host):
        return None
    proxy = _either(environ, f"{scheme}_proxy") or _either(environ, "all_proxy")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def _exempts(exempt: str, host: str) -> bool:
    """Whether a `NO_PROXY` names a host: "*", itself, or a domain above it, with or without a dot."""
    names = [name.strip().lower().lstrip(".") for name in exempt.split(",")]
    return any(name in ("*", host) or host.endswith(f".{name}") for name in names if name)


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _either(environ: Mapping[str, str], name: str) -> str | None:
    return environ.get(name) or environ.get(name.upper()) or None
