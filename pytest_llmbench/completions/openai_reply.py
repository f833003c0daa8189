"""Reads a chat completion as servers really write them; what is missing stays unknown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal

from pytest_llmbench.completions.completion import Completion, Usage
from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.completions.said import Said, said_by
from pytest_llmbench.completions.spoken import spoken_in
from pytest_llmbench.completions.trouble import Trouble, trouble_from_status

_FINISHED = {
    **dict.fromkeys(("stop", "eos", "eos_token", "stop_sequence", "end_turn"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "model_length", "max_output_tokens"), "length"),
    **dict.fromkeys(("tool_calls", "function_call", "content_filter")),
}
"""Finish reasons that come from the model; the value is the usual word, None for the word itself."""

_PASSING = ("insufficient_system_resource", "network_error", "error", "abort")
"""Finish reasons that say that the server had to stop; another attempt may not."""

_NAME_LIMIT = 200


def reply_from(document: object, api: str = "an OpenAI-compatible API") -> Completion | Trouble:
    """Read a parsed body of a successful status.

    Args:
        document: Any JSON. Whoever parsed it has made its texts valid Unicode and free of keys.
        api: What it is said not to be where it cannot be read.
    """
    error = said_by(document)
    if error is not None:
        return _error_inside(error)
    if not isinstance(document, dict):
        return _foreign(api, "the answer is not a JSON object")
    choice = _first(document.get("choices"))
    if choice is None:
        return _foreign(api, f"the answer has no 'choices', only {quoted(', '.join(document), 100)}")
    error = said_by(choice)
    message = choice.get("message")
    if error is not None:
        begun = isinstance(message, dict) and any(spoken_in(message))
        return _error_inside(error)._replace(begun=begun)
    if not isinstance(message, dict):
        return _foreign(api, "the answer has no message in 'choices'")
    return _from_choice(document, choice)


def _from_choice(document: dict[str, Any], choice: dict[str, Any]) -> Completion | Trouble:
    message = choice["message"]
    said = _name(choice.get("finish_reason"))
    reason = said.lower() if said else None
    if reason is not None and reason not in _FINISHED:
        text = f"broke off its answer with finish_reason {quoted(reason, 100)}"
        return Trouble(kind="server", text=text, retry=reason in _PASSING)
    spoken = spoken_in(message)
    usage = document.get("usage")
    return Completion(
        text=spoken.text,
        reasoning=spoken.reasoning or None,
        finish_reason=(_FINISHED[reason] or reason) if reason else None,
        native_finish_reason=_name(choice.get("native_finish_reason")),
        refusal=spoken.refusal or None,
        usage=_usage(usage) if isinstance(usage, dict) else Usage(),
        cost_usd_returned=_amount(usage.get("cost")) if isinstance(usage, dict) else None,
        model_returned=_name(document.get("model")),
        provider_returned=_name(document.get("provider")),
        system_fingerprint=_name(document.get("system_fingerprint")),
    )


def _foreign(api: str, what: str) -> Trouble:
    return Trouble(kind="protocol", text=f"is not {api}: {what}", fatal=True)


def _error_inside(error: Said) -> Trouble:
    """An error under a status of success; one without a status of its own is taken for the server's."""
    status = error.status or HTTPStatus.BAD_GATEWAY
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    found = trouble_from_status(status, phrase, error)
    words = f"{status} {phrase}".rstrip() if error.status else "an error"
    return Trouble(
        kind=found.kind,
        text=f"answered 200 with {words} inside: {quoted(error.message)}",
        status_code=status if error.status else None,
        fatal=found.fatal,
        retry=found.retry,
        refused=found.refused,
    )


def _first(choices: object) -> dict[str, Any] | None:
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return None


def _usage(given: dict[str, Any]) -> Usage:
    output = _count(given.get("completion_tokens"))
    tokens = _count(given.get("prompt_tokens"))
    reasoning = _detail(given, "completion_tokens_details", "reasoning_tokens")
    cached = _detail(given, "prompt_tokens_details", "cached_tokens")
    if cached is None:
        cached = _count(given.get("prompt_cache_hit_tokens", given.get("cached_tokens")))
    if reasoning and output is not None and tokens is not None:
        # Some servers count reasoning beside the output, and the total gives them away.
        beside = _count(given.get("total_tokens")) == tokens + output + reasoning
        output += reasoning if beside else 0
    return Usage(input=tokens, output=output, reasoning=reasoning, cached=cached)


def _detail(
    given: dict[str, Any],
    group: Literal["completion_tokens_details", "prompt_tokens_details"],
    name: Literal["reasoning_tokens", "cached_tokens"],
) -> int | None:
    inner = given.get(group)
    return _count(inner.get(name)) if isinstance(inner, dict) else None


def _count(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e9 else None  # noqa: PLR2004 - no bill is that large


def _name(value: object) -> str | None:
    """Read a short text; a number or an empty text is none."""
    return value[:_NAME_LIMIT] if isinstance(value, str) and value else None
