"""What an API gave back for a trial, or why it gave nothing."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pytest_llmbench.values import Value

FailureKind = Literal[
    "connection",
    "timeout",
    "authentication",
    "not_found",
    "quota",
    "rate_limit",
    "server",
    "protocol",
    "request",
    "cancelled",
    "budget",
    "storage",
]


class Usage(Value):
    """Tokens as the provider counted them; None where it did not say.

    `output` includes `reasoning`, and `input` includes `cached`.
    """

    input: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cached: int | None = None


class Completion(Value):
    """A model's reply to a trial.

    `text` is the message's content, `reasoning` what the API gave apart as reasoning text. Times
    are seconds: `latency_s` from the request of the attempt that succeeded to its last byte,
    `first_token_s` to its first piece of text (None where the reply was not streamed).
    `adapted` names what was changed in the request because the server refused it, and `request` is
    what was sent beside the messages. Routers also say `provider_returned` (who served the call),
    `native_finish_reason` and `cost_usd_returned` (their own bill, in USD).
    """

    text: str
    reasoning: str | None = None
    finish_reason: str | None = None
    native_finish_reason: str | None = None
    refusal: str | None = None
    usage: Usage = Usage()
    cost_usd_returned: float | None = None
    model_returned: str | None = None
    provider_returned: str | None = None
    system_fingerprint: str | None = None
    latency_s: float | None = None
    first_token_s: float | None = None
    attempts: int = 1
    adapted: tuple[str, ...] = ()
    request: dict[str, Any] = Field(default_factory=dict)

    @property
    def truncated(self) -> bool:
        """Whether the reply was cut off by the limit of output tokens."""
        return self.finish_reason == "length"

    @property
    def refused(self) -> bool:
        """Whether the API itself says that the model refused; prose is never searched for that."""
        return self.refusal is not None or self.finish_reason == "content_filter"


def after_attempts(completion: Completion, attempts: int) -> Completion:
    """Give a completion that says how many attempts it took; most took one."""
    if completion.attempts == attempts:
        return completion
    return completion.model_copy(update={"attempts": attempts})


class ApiFailure(Value):
    """Why a trial has no completion. It is the provider's or the network's fault, never the model's.

    `message` is for people: it names the server and what it said, never a key. `fatal` is True
    where no other call to this model can do better (key refused, model unknown, quota used up).
    """

    kind: FailureKind
    message: str
    status_code: int | None = None
    attempts: int = 1
    fatal: bool = False
