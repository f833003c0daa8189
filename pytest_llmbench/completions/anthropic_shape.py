"""Gives what Anthropic's messages API says the shape of a chat completion, so that both are read alike."""

from __future__ import annotations

from typing import Any

_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The types of errors, each with the HTTP status that it has where it comes before any answer."""

_ENDS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


class AnthropicShape:
    """Translates one reply: a whole message, or the events of a stream one after another."""

    def __init__(self) -> None:
        self._usage: dict[str, Any] = {}

    def __call__(self, document: object) -> object:
        """Translate a document; one that is none of theirs is given back as it is."""
        if not isinstance(document, dict):
            return document
        message = document.get("message")
        translated: dict[str, Any] = document
        match document.get("type"):
            case "error":
                translated = _error(document)
            case "message":
                translated = self._message(document)
            case "message_start" if isinstance(message, dict):
                translated = {**self._message(message), "choices": []}
            case "content_block_start":
                translated = _piece(document.get("content_block"))
            case "content_block_delta":
                translated = _piece(document.get("delta"))
            case "message_delta":
                translated = self._end(document)
            case _:
                pass
        return translated

    def is_end(self, document: object) -> bool:
        """Whether a document says that a stream is over."""
        return isinstance(document, dict) and document.get("type") == "message_stop"

    def _message(self, message: dict[str, Any]) -> dict[str, Any]:
        content = message.get("content")
        blocks = [_block(block) for block in content] if isinstance(content, list) else []
        whole = {
            key: "".join(block.get(key, "") for block in blocks) for key in ("content", "reasoning_content")
        }
        choice = {"index": 0, "message": whole, **_reasons(message)}
        return {"model": message.get("model"), "choices": [choice], "usage": self._counted(message)}

    def _end(self, document: dict[str, Any]) -> dict[str, Any]:
        delta = document.get("delta")
        choice = {"index": 0, "delta": {}, **_reasons(delta if isinstance(delta, dict) else {})}
        return {"choices": [choice], "usage": self._counted(document)}

    def _counted(self, document: dict[str, Any]) -> dict[str, Any] | None:
        """Translate token counts. A stream gives the input's at its start and the output's at its end.

        Tokens that a cache was read from or written to are counted beside the input there.
        """
        given = document.get("usage")
        if isinstance(given, dict):
            self._usage |= {key: value for key, value in given.items() if isinstance(value, int)}
        if not self._usage:
            return None
        names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        told = [self._usage[name] for name in names if name in self._usage]
        return {
            "prompt_tokens": sum(told) if "input_tokens" in self._usage else None,
            "completion_tokens": self._usage.get("output_tokens"),
            "cached_tokens": self._usage.get("cache_read_input_tokens"),
        }


def _error(document: dict[str, Any]) -> dict[str, Any]:
    error = document.get("error")
    status = _STATUS.get(str(error.get("type"))) if isinstance(error, dict) else None
    return document if status is None else {"error": {**document["error"], "code": status}}


def _piece(block: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": _block(block)}]}


def _block(block: object) -> dict[str, str]:
    """Translate a block of content, or a piece of one; what is neither text nor thought is left out."""
    if not isinstance(block, dict):
        return {}
    found = {"content": block.get("text"), "reasoning_content": block.get("thinking")}
    return {name: text for name, text in found.items() if isinstance(text, str)}


def _reasons(given: dict[str, Any]) -> dict[str, str]:
    reason = given.get("stop_reason")
    if not isinstance(reason, str):
        return {}
    return {"finish_reason": _ENDS.get(reason, reason), "native_finish_reason": reason}
