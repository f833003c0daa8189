"""Language models, and the providers that serve them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pytest_llmbench.values import Value


class Provider(Value):
    """Where models are reached: one server, OpenAI-compatible unless `protocol` says otherwise.

    `api_key_env` names the environment variable that holds the key; None means that no key is sent.
    `timeout_s` is the silence on a connection, in seconds, after which a call to this provider is
    given up; None leaves that to the run's own setting. `stream` says whether answers are asked for
    as streams; a server that cannot do that is found out at the first call in any case. Where a
    provider limits requests or tokens per minute, calls are spread over time accordingly.
    """

    id: str
    title: str = ""
    base_url: str
    api_key_env: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    protocol: Literal["openai", "anthropic"] = "openai"
    concurrency: int | None = Field(default=None, gt=0, description="requests in flight at most")
    requests_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    tokens_per_minute: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    timeout_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    stream: bool = True

    @property
    def display(self) -> str:
        """What people call this provider, with its address where the title does not say it."""
        return f"{self.title} ({self.base_url})" if self.title else self.base_url


class Model(Value):
    """One row of the registry: a language model at a provider.

    Prices are USD per million tokens; None where no price is known. `name` is what the provider
    calls the model, where that is not the id.
    """

    id: str
    title: str = ""
    vendor: str = ""
    category: str = ""
    provider: str
    name: str | None = None
    price_output: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    price_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    router: bool = False
    max_tokens: int | None = Field(default=None, gt=0)
    temperature: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    extra_body: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    embedded: bool = False

    @property
    def api_name(self) -> str:
        """What the provider calls this model."""
        return self.name or self.id

    @property
    def display(self) -> str:
        """What people call this model."""
        return self.title or self.id
