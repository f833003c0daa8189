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
    text, thoughts = _parts(content)
    # Some servers give the same reasoning under both names.
    reasoning = thoughts or _text(message.get("reasoning_content")) or _text(message.get("reasoning"))
    return Spoken(text, reasoning, _text(message.get("refusal")) or _refused_part(content))


def _parts(content: object) -> tuple[str, str]:
    """Take the text and the thoughts out of a message's content: a text, or a list of typed parts."""
    if not isinstance(content, list):
        return _text(content), ""
    text: list[str] = []
    thoughts: list[str] = []
    for part in content:
        if isinstance(part, str):
            text.append(part)
        elif isinstance(part, dict):
            is_thought = part.get("type") in ("thinking", "reasoning")
            (thoughts if is_thought else text).append(_part_text(part))
    return "".join(text), "".join(thoughts)


def _part_text(part: dict[str, Any], keys: tuple[str, ...] = ("text", "thinking", "reasoning")) -> str:
    for key in keys:
        value = part.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return "".join(_text(inner.get("text")) for inner in value if isinstance(inner, dict))
    return ""


def _refused_part(content: object) -> str:
    parts = content if isinstance(content, list) else []
    return "".join(_text(part.get("refusal")) for part in parts if isinstance(part, dict))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
