"""OpenAI's chat completions, and the many servers that speak nearly the same."""

from __future__ import annotations

from typing import Any

from pytest_llmbench.completions.openai_reader import OpenAIReader
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.trial import Trial

_WORDS = {
    "max_tokens": "max_completion_tokens sent instead of max_tokens",
    "temperature": "temperature not sent",
    "seed": "seed not sent",
    "stream": "asked for in one piece, not as a stream",
    "stream_options": "stream_options not sent",
}

_COUNTED = {"include_usage": True}
"""Without it a stream does not say how many tokens it took."""


class OpenAIChat:
    """The protocol of `POST {base URL}/chat/completions`, streamed where the server can do that."""

    path = "/chat/completions"

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the header that holds the key."""
        return {"authorization": f"Bearer {key}"} if key else {}

    def body(self, trial: Trial, refused: frozenset[str]) -> dict[str, Any]:
        """Write a request.

        Several samples are several requests with seeds of their own: `n` is refused by some servers.
        """
        asked = trial.parameters
        streams = "stream" not in refused
        if not streams:
            refused |= {"stream_options"}
        limit = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
        ours = {"temperature": asked.temperature, "seed": asked.seed, "stream_options": _COUNTED}
        optional = {**{name: value for name, value in ours.items() if value is not None}, **asked.extra_body}
        messages = [{"role": "user", "content": trial.prompt}]
        if trial.system:
            messages.insert(0, {"role": "system", "content": trial.system})
        return {
            limit: asked.max_tokens,
            **{name: value for name, value in optional.items() if name not in refused},
            "model": trial.api_name,
            "messages": messages,
            "stream": streams,
        }

    def adapted(self, trial: Trial, refused: frozenset[str]) -> tuple[str, ...]:
        """Say in words what was changed."""
        if "stream" in refused:
            refused -= {"stream_options"}
        return tuple(_WORDS[name] for name in sorted(refused))

    def reader(self, content_type: str, secrets: Secrets) -> OpenAIReader:
        """Begin to read a reply."""
        return OpenAIReader(content_type, secrets)
