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
    """Reads one reply with a status of success, streamed or in one piece."""

    @property
    def limit(self) -> int:
        """Bytes of this body at most, unpacked."""

    @property
    def begun(self) -> bool:
        """Whether the model's text has begun to come in a stream."""

    @property
    def answered(self) -> bool:
        """Whether the model has ended its answer in a stream: what is missing may stay so."""

    @property
    def over(self) -> bool:
        """Whether nothing that may follow in a stream matters."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            BodyTooLarge: There are more than any answer has.
        """

    def finish(self) -> Completion | Trouble:
        """Say what it was, once the body has ended. The completion has no times yet."""


class Shape(Protocol):
    """Gives the documents of a reply the shape of OpenAI's; one object serves one reply."""

    def __call__(self, document: object) -> object:
        """Translate a document."""

    def is_end(self, document: object) -> bool:
        """Whether a document says that a stream is over."""


class ChatProtocol(Protocol):
    """One way to ask a chat model over HTTP."""

    @property
    def path(self) -> str:
        """Where requests go, after the base URL."""

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the headers that hold the key, and any that the API demands."""

    def body(self, trial: Trial, refused: frozenset[str]) -> dict[str, Any]:
        """Write the request without the parameters that the server has refused.

        Where `stream` is among them, the reply is asked for in one piece.
        """

    def adapted(self, trial: Trial, refused: frozenset[str]) -> tuple[str, ...]:
        """Say in words how the request differs from the trial."""

    def reader(self, content_type: str, secrets: Secrets) -> ReplyReader:
        """Begin to read a reply."""
