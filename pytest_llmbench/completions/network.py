"""What an exception of the network means, in words for people."""

from __future__ import annotations

import ssl

import aiohttp
import httpx

from pytest_llmbench.completions.completion import FailureKind
from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.completions.trouble import Trouble

ERRORS = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, TimeoutError, OSError, UnicodeError)
"""What a request can raise that is not a bug of ours."""

_PROXY = (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError, httpx.ProxyError)

_UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    UnicodeError,
)
"""What happens where there is no connection yet."""

_WORDS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (_PROXY, "cannot be reached: the proxy that the environment names did not connect"),
    ((aiohttp.ClientConnectorDNSError,), "cannot be found: its name does not resolve"),
    ((aiohttp.ServerDisconnectedError,), "closed the connection without an answer"),
    ((aiohttp.ClientPayloadError, httpx.ReadError), "broke off in the middle of its answer"),
)


def trouble_from_network(error: BaseException, silence_s: float, connect_s: float) -> Trouble:
    """Classify an exception.

    Args:
        error: What the HTTP client raised.
        silence_s: The limit of silence that it was given, in seconds.
        connect_s: The limit for connecting, in seconds.
    """
    # The transport maps some of aiohttp's errors to ones that say less, so the cause is asked first.
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    return _trouble(error, cause, silence_s, connect_s)._replace(sent=not isinstance(cause, _UNSENT))


def _trouble(error: BaseException, cause: BaseException, silence_s: float, connect_s: float) -> Trouble:
    if isinstance(cause, aiohttp.ConnectionTimeoutError | httpx.ConnectTimeout):
        return _timeout(f"did not accept a connection within {connect_s:g} s")
    if isinstance(cause, TimeoutError | httpx.TimeoutException):
        return _timeout(f"was silent for {silence_s:g} s")
    return _hopeless(cause) or _hopeless(error) or _connection(cause)


def closed_unasked(error: BaseException) -> bool:
    """Whether a connection was closed before there was a byte of an answer."""
    cause = error.__cause__ or error
    return isinstance(cause, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | ConnectionError)


def _hopeless(error: BaseException) -> Trouble | None:
    """Classify what another attempt would meet again."""
    match error:
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return _fatal("connection", f"cannot be reached safely: TLS failed: {_tls(error)}")
        case aiohttp.ClientResponseError() if not isinstance(error, aiohttp.ClientHttpProxyError):
            return _fatal("protocol", f"does not speak HTTP: {quoted(error.message)}")
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | aiohttp.InvalidURL() | UnicodeError():
            return _fatal("connection", f"cannot be reached: {quoted(str(error))}")
        case _:
            return None


def _connection(error: BaseException) -> Trouble:
    """Say what became of a connection that another attempt may well get."""
    text = next((text for kinds, text in _WORDS if isinstance(error, kinds)), None) or _connecting(error)
    return Trouble(kind="connection", text=text, retry=True)


def _connecting(error: BaseException) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, ConnectionRefusedError):
        return "refused the connection; is it running?"
    if isinstance(cause, OSError):
        what = "cannot be reached" if cause is not error else "broke the connection"
        return f"{what}: {cause.strerror or type(cause).__name__}"
    return f"could not be asked: {type(cause).__name__}"


def _timeout(text: str) -> Trouble:
    return Trouble(kind="timeout", text=text, retry=True)


def _fatal(kind: FailureKind, text: str) -> Trouble:
    return Trouble(kind=kind, text=text, fatal=True)


def _tls(error: BaseException) -> str:
    """Take OpenSSL's own words out of aiohttp's."""
    inner = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    reason = getattr(inner, "verify_message", None) or getattr(inner, "reason", None)
    return quoted(str(reason or inner))
