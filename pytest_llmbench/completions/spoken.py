"""What a message of a chat completion says, or a piece of one: servers put it into several places."""

from __future__ import annotations

from typing import Any, NamedTuple


class Spoken(NamedTuple):
    """The answer, the reasoning that is given apart, the words of a refusal; empty where there are none."""

    text: str
    reasoning: str
    refusal: str


def spoken_in(message: dict[str, Any]) -> Spoken:
    """Read a message, or the `delta` of a streamed one."""
    content = message.get("content")
    if len(message) == 1 and isinstance(content, str):
        return Spoken(content, "", "")  # as most pieces of a stream are
    text, thoughts, refused = _parts(content) if isinstance(content, list) else (_text(content), "", "")
    # Some servers give the same reasoning under both names.
    reasoning = thoughts or _text(message.get("reasoning_content")) or _text(message.get("reasoning"))
    return Spoken(text, reasoning, _text(message.get("refusal")) or refused)


def _parts(content: list[Any]) -> tuple[str, str, str]:
    """Take text, thoughts and words of a refusal out of a message's content that is a list of typed parts."""
    text: list[str] = []
    thoughts: list[str] = []
    for part in content:
        if isinstance(part, str):
            text.append(part)
        elif isinstance(part, dict):
            is_thought = part.get("type") in ("thinking", "reasoning")
            (thoughts if is_thought else text).append(_part_text(part))
    refused = [_text(part.get("refusal")) for part in content if isinstance(part, dict)]
    return "".join(text), "".join(thoughts), "".join(refused)


def _part_text(part: dict[str, Any], keys: tuple[str, ...] = ("text", "thinking", "reasoning")) -> str:
    for key in keys:
        value = part.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return "".join(_text(inner.get("text")) for inner in value if isinstance(inner, dict))
    return ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
