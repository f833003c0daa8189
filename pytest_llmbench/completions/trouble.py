"""What went wrong with one attempt at a call, and whether another attempt can do better."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import NamedTuple

from pytest_llmbench.completions.completion import FailureKind
from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.completions.said import Said

_QUOTA = re.compile(
    r"insufficient[ _](quota|balance|funds|credits?)|billing_hard_limit|exceeded_current_quota|arrearage|"
    r"credit balance is too low",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model[_ ]not[_ ](found|exist)|not a valid model|"
    r"\bmodel\b.{0,80}\b(does not exist|not exist|not found|is not available)",
    re.IGNORECASE | re.DOTALL,
)
_FLAGGED = re.compile(r"\bflagged\b|\bmoderation\b", re.IGNORECASE)
"""Routers say 403 of a single prompt as well."""

_RETRIED: dict[int, FailureKind] = {408: "timeout", 409: "server", 425: "server", 429: "rate_limit"}
_OVERLOADED = (503, 529)
_FATAL: dict[int, FailureKind] = {
    401: "authentication",
    402: "quota",
    403: "authentication",
    404: "not_found",
    405: "protocol",
    410: "not_found",
}


class Trouble(NamedTuple):
    """A failed attempt.

    `text` goes on after the server's name, as in "answered 401 Unauthorized". `retry_after_s` is how
    long the server asks to be left alone, in seconds. `refused` names the parameters in the request
    that it does not take. `stale` is True where the request went over a connection that had been
    open for long, and was closed before there was an answer. `sent` is False where there was no connection
    to send it over, and `begun` True where a part of an answer had come before the error.
    """

    kind: FailureKind
    text: str
    status_code: int | None = None
    fatal: bool = False
    retry: bool = False
    retry_after_s: float | None = None
    refused: frozenset[str] = frozenset()
    stale: bool = False
    sent: bool = True
    begun: bool = False

    @property
    def free(self) -> bool:
        """Whether nobody bills it: nothing was asked, or an error was all that came."""
        return not self.sent or (self.status_code is not None and not self.begun)

    @property
    def jam(self) -> bool:
        """Whether it is a sign that the server is asked too much at once."""
        return self.kind in ("rate_limit", "timeout", "connection") or self.status_code in _OVERLOADED


def trouble_from_status(status: int, phrase: str, said: Said, retry_after_s: float | None = None) -> Trouble:
    """Classify an answer that is an error.

    Args:
        status: The HTTP status, or the one that the body of a 200 names.
        phrase: Its words, as in "Not Found".
        said: What the body says.
        retry_after_s: The server's wish, in seconds.
    """
    words = f"answered {status} {phrase}".rstrip() + (f": {quoted(said.message)}" if said.message else "")
    kind, fatal, retry = _class_of(status, said)
    return Trouble(
        kind=kind,
        text=words,
        status_code=status,
        fatal=fatal,
        retry=retry,
        retry_after_s=retry_after_s,
        refused=said.refused if kind == "request" else frozenset(),
    )


def _class_of(status: int, said: Said) -> tuple[FailureKind, bool, bool]:
    """Give the kind, whether it is fatal, and whether another attempt can help."""
    if status in (400, 403, 429) and _QUOTA.search(said.everything):
        return "quota", True, False
    if status == HTTPStatus.BAD_REQUEST and _NO_MODEL.search(said.everything) and not said.refused:
        return "not_found", True, False
    if status == HTTPStatus.FORBIDDEN and _FLAGGED.search(said.everything):
        return "request", False, False
    if status in _RETRIED or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _RETRIED.get(status, "server"), False, True
    if status in _FATAL or status < HTTPStatus.BAD_REQUEST:
        return _FATAL.get(status, "protocol"), True, False
    return "request", False, False
