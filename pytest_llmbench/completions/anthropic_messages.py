"""Anthropic's messages API. It is tested against replies in the shapes that its documentation records."""

from __future__ import annotations

from typing import Any

from pytest_llmbench.completions.anthropic_shape import AnthropicShape
from pytest_llmbench.completions.openai_reader import OpenAIReader
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.trial import Trial

_VERSION = "2023-06-01"

_WORDS = {
    "stream": "asked for in one piece, not as a stream",
    "temperature": "temperature not sent",
}


class AnthropicMessages:
    """The protocol of `POST {base URL}/messages`, streamed where the server can do that."""

    path = "/messages"

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the header that holds the key, and the one that names the API's version."""
        version = {"anthropic-version": _VERSION}
        return {**version, "x-api-key": key} if key else version

    def body(self, trial: Trial, refused: frozenset[str]) -> dict[str, Any]:
        """Write a request. The API has no seed, and counts the tokens of a stream unasked."""
        asked = trial.parameters
        given = {"temperature": asked.temperature, "system": trial.system or None, **asked.extra_body}
        optional = {name: value for name, value in given.items() if value is not None}
        return {
            "max_tokens": asked.max_tokens,
            **{name: value for name, value in optional.items() if name not in refused},
            "model": trial.api_name,
            "messages": [{"role": "user", "content": trial.prompt}],
            "stream": "stream" not in refused,
        }

    def adapted(self, trial: Trial, refused: frozenset[str]) -> tuple[str, ...]:
        """Say in words what was changed, or could not be sent."""
        changed = tuple(_WORDS[name] for name in sorted(refused) if name in _WORDS)
        return changed if trial.parameters.seed is None else (*changed, "seed not sent: the API has none")

    def reader(self, content_type: str, secrets: Secrets) -> OpenAIReader:
        """Begin to read a reply."""
        return OpenAIReader(content_type, secrets, AnthropicShape(), "Anthropic's messages API")
