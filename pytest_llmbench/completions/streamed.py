"""Puts the pieces of a streamed chat completion together to one in one piece.

What the pieces mean is then decided where the other is read, so that both are read alike.
"""

from __future__ import annotations

from typing import Any

from pytest_llmbench.completions.said import said_by
from pytest_llmbench.completions.spoken import Spoken, spoken_in
from pytest_llmbench.completions.wire import MAX_BODY, BodyTooLarge

_NAMES = ("model", "provider", "system_fingerprint")
_ENDS = ("finish_reason", "native_finish_reason")


class StreamedReply:
    """A chat completion that grows piece by piece; only the choice with index 0 counts."""

    def __init__(self) -> None:
        self._pieces: list[Spoken] = []
        self._size = 0
        self._names: dict[str, str] = {}
        self._ends: dict[str, str] = {}
        self._usage: dict[str, Any] | None = None
        self._error: object = None

    @property
    def begun(self) -> bool:
        """Whether there is any text yet: of the answer, of its reasoning or of a refusal."""
        return self._size > 0

    @property
    def ended(self) -> bool:
        """Whether the model has said why it ended."""
        return "finish_reason" in self._ends

    @property
    def failed(self) -> bool:
        """Whether the server has reported an error."""
        return self._error is not None

    def take(self, document: object) -> None:
        """Take a piece; what is not one is passed over.

        Raises:
            BodyTooLarge: The texts are longer than any answer.
        """
        if said_by(document) is not None:
            self._error = document
        elif isinstance(document, dict):
            self._take_piece(document, _first(document.get("choices")))

    def whole(self) -> object:
        """Give what a server that does not stream would have sent; the error where there is one."""
        if self._error is not None:
            return self._error
        said = (
            Spoken(*("".join(texts) for texts in zip(*self._pieces, strict=True))) if self._pieces else None
        )
        content, reasoning, refusal = said or ("", "", "")
        message = {"content": content, "reasoning_content": reasoning, "refusal": refusal}
        return {**self._names, "choices": [{"message": message, **self._ends}], "usage": self._usage}

    def _take_piece(self, document: dict[str, Any], choice: dict[str, Any]) -> None:
        _keep_texts(document, _NAMES, self._names)
        # Moonshot counts inside the choice.
        usage = document.get("usage") or choice.get("usage")
        if isinstance(usage, dict):
            self._usage = usage
        if said_by(choice) is not None:
            self._error = choice
            return
        _keep_texts(choice, _ENDS, self._ends)
        delta = choice.get("delta")
        if not isinstance(delta, dict) and not self._size:
            # A server that only seems to stream sends the whole message as the one piece.
            delta = choice.get("message")
        if isinstance(delta, dict):
            self._take_text(spoken_in(delta))

    def _take_text(self, said: Spoken) -> None:
        size = len(said.text) + len(said.reasoning) + len(said.refusal)
        if not size:
            return
        self._pieces.append(said)
        self._size += size
        if self._size > MAX_BODY:
            raise BodyTooLarge(MAX_BODY)


def _first(choices: object) -> dict[str, Any]:
    """Find the choice with index 0, or without any."""
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index") in (0, None):
            return choice
    return {}


def _keep_texts(given: dict[str, Any], names: tuple[str, ...], kept: dict[str, str]) -> None:
    for name in names:
        value = given.get(name)
        if value and isinstance(value, str):
            kept[name] = value
