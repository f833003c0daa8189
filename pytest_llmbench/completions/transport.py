"""The HTTP transport under all calls: httpx as the interface, aiohttp behind it.

httpx's own connection pool looks through itself at every request, which costs more than a call does
on our side otherwise. Redirects are never followed: the key would follow them.
"""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Mapping

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from pytest_llmbench import __version__
from pytest_llmbench.completions.proxies import ProxiedTransport
from pytest_llmbench.completions.reuse import TellingConnector

_KEEP_ALIVE_S = 30.0


HEADERS = {
    "user-agent": f"pytest-llmbench/{__version__}",
    "accept": "application/json",
    "accept-encoding": "gzip",
}
"""What every request says."""


def make_transport(environ: Mapping[str, str]) -> httpx.AsyncBaseTransport:
    """Make what sends requests; whoever enters it closes it, on the event loop on which it was used.

    Args:
        environ: The environment, for proxies. The number of connections is not limited here.
    """
    return ProxiedTransport(environ, _transport)


def _transport(scheme: str, proxy: str | None) -> AiohttpTransport:
    if proxy is not None and not proxy.startswith(("http://", "https://")):
        raise httpx.UnsupportedProtocol("the environment names a proxy that is not an HTTP proxy")
    # To read the trusted certificates takes longer than a call on our side; without any, no one is trusted.
    safe = scheme == "https" or (proxy is not None and proxy.startswith("https://"))
    context = httpx.create_ssl_context() if safe else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return AiohttpTransport(
        verify=context,
        trust_env=False,
        client=lambda: _session(context),
        proxy=None if proxy is None else _proxy(httpx.URL(proxy)),
    )


def _proxy(url: httpx.URL) -> httpx.Proxy:
    """Take the user's name and password out of a proxy's URL, and into the header for them."""
    address = url.copy_with(username=None, password=None)
    if not url.userinfo:
        return httpx.Proxy(address)
    # aiohttp moves this header to Proxy-Authorization.
    credentials = b64encode(f"{url.username}:{url.password}".encode()).decode()
    return httpx.Proxy(address, headers={"authorization": f"Basic {credentials}"})


def _session(context: ssl.SSLContext) -> aiohttp.ClientSession:
    """Open a session that keeps no cookies and has no limit of its own."""
    connector = TellingConnector(context, _KEEP_ALIVE_S)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )
