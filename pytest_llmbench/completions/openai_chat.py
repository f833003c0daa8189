"""OpenAI's chat completions, and the many servers that speak nearly the same."""

from __future__ import annotations

from typing import Any

from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.openai_reply import reply_from
from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.said import said_by_body
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.completions.wire import NotJson, parse_json

_WORDS = {
    "max_tokens": "max_completion_tokens sent instead of max_tokens",
    "temperature": "temperature not sent",
    "seed": "seed not sent",
}


class OpenAIChat:
    """The protocol of `POST {base URL}/chat/completions`, with the reply in one piece."""

    path = "/chat/completions"

    def headers(self, key: str | None) -> dict[str, str]:
        """Give the header that holds the key."""
        return {"authorization": f"Bearer {key}"} if key else {}

    def body(self, trial: Trial, refused: frozenset[str]) -> dict[str, Any]:
        """Write a request.

        Several samples are several requests with seeds of their own: `n` is refused by some servers.
        """
        asked = trial.parameters
        limit = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
        optional = {"temperature": asked.temperature, "seed": asked.seed}
        messages = [{"role": "user", "content": trial.prompt}]
        if trial.system:
            messages.insert(0, {"role": "system", "content": trial.system})
        return {
            limit: asked.max_tokens,
            **{name: value for name, value in optional.items() if value is not None and name not in refused},
            **{name: value for name, value in asked.extra_body.items() if name not in refused},
            "model": trial.api_name,
            "messages": messages,
            "stream": False,
        }

    def adapted(self, refused: frozenset[str]) -> tuple[str, ...]:
        """Say in words what was changed."""
        return tuple(_WORDS[name] for name in sorted(refused))

    def reader(self, content_type: str, secrets: Secrets) -> WholeReplyReader:
        """Begin to read a reply."""
        return WholeReplyReader(content_type, secrets)


class WholeReplyReader:
    """Reads a reply that comes in one piece.

    Args:
        content_type: What the server says that it is.
        secrets: What may not appear in it.
    """

    def __init__(self, content_type: str, secrets: Secrets) -> None:
        self._content_type = content_type
        self._secrets = secrets
        self._body = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        self._body += chunk

    def finish(self) -> Completion | Trouble:
        """Parse the body."""
        try:
            document = self._secrets.hide_in(parse_json(bytes(self._body)))
        except NotJson as error:
            return self._not_json(str(error))
        return reply_from(document)

    def _not_json(self, why: str) -> Trouble:
        text = self._secrets.hide(self._body.decode(errors="replace"))
        is_page = "html" in self._content_type or text.lstrip().startswith("<")
        what = "an HTML page" if is_page else f"something that is not JSON ({why})"
        shown = f": {quoted(said_by_body(None, text).message)}" if text.strip() else ""
        return Trouble(
            kind="protocol",
            text=f"is not an OpenAI-compatible API: it answered with {what}{shown}"
            if is_page
            else f"answered with {what}{shown}",
            fatal=is_page,
        )
