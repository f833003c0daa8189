"""What the client has to know of an API: one class per API stands behind these two Protocols.

A reader takes a reply piece by piece, so that a streamed one can be read as it comes.
"""

from __future__ import annotations

from typing import Any, Protocol

from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble


class ReplyReader(Protocol):
    """Reads one reply with a status of success."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""

    def finish(self) -> Completion | Trouble:
        """Say what it was, once the body has ended. The completion has no times yet."""


class ChatProtocol(Protocol):
    """One way to ask a chat model over HTTP."""

    @property
    def path(self) -> str:
        """Where requests go, after the base URL."""

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the headers that hold the key, and any that the API demands."""

    def body(self, trial: Trial, refused: frozenset[str]) -> dict[str, Any]:
        """Write the request without the parameters that the server has refused."""

    def adapted(self, refused: frozenset[str]) -> tuple[str, ...]:
        """Say in words what was changed for them."""

    def reader(self, content_type: str, secrets: Secrets) -> ReplyReader:
        """Begin to read a reply."""
