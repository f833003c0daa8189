"""The list of known models, and what their providers say of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from pytest_llmbench.bench.options import TOML_KEYS
from pytest_llmbench.completions.network import ERRORS, trouble_from_network
from pytest_llmbench.completions.protocols import PROTOCOLS
from pytest_llmbench.completions.redaction import Secrets, secret_headers
from pytest_llmbench.completions.transport import HEADERS, make_transport
from pytest_llmbench.models.config import find_config
from pytest_llmbench.models.model import Model, Provider
from pytest_llmbench.models.registry import Registry
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.numbers import count

_CHECK_TIMEOUT_S = 20.0
_MAX_LIST = 16 * 1024 * 1024

HEAD = ("id", "title", "vendor", "output $/M", "category", "provider", "key")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: str


class _List(BaseModel):
    """A provider's answer; of its entries only the ids are of use."""

    model_config = ConfigDict(extra="ignore")
    data: list[_Entry]


def list_models(
    folder: Path,
    environ: Mapping[str, str],
    *,
    check: bool,
    say: Callable[[str], None],
    timeout_s: float = _CHECK_TIMEOUT_S,
) -> int:
    """Print the models that can be named in a folder.

    Args:
        folder: Where a project's configuration is looked for.
        environ: Where keys are looked up; only whether they are set is shown.
        check: Whether to ask each provider for its own list.
        say: Prints a line.
        timeout_s: Seconds that a provider may be silent.

    Returns:
        The exit code: 1 where a provider that was asked did not answer, else 0.

    Raises:
        ConfigError: The project's configuration is not right.
    """
    registry = Registry.load(find_config(folder), TOML_KEYS)
    rows = [HEAD, *(_row(registry, model, environ) for model in registry.models.values())]
    for line in _table(rows):
        say(line)
    return asyncio.run(_check(registry, environ, say, timeout_s)) if check else 0


def _row(registry: Registry, model: Model, environ: Mapping[str, str]) -> tuple[str, ...]:
    price = "" if model.price_output is None else f"{model.price_output:.2f}"
    if model.embedded:
        return (model.id, model.title, model.vendor, price, model.category, "on this machine", "not needed")
    provider = registry.provider(model)
    return (model.id, model.title, model.vendor, price, model.category, provider.id, _key(provider, environ))


def _key(provider: Provider, environ: Mapping[str, str]) -> str:
    if provider.api_key_env is None:
        return "not needed"
    state = "set" if environ.get(provider.api_key_env, "").strip() else "not set"
    return f"{provider.api_key_env} is {state}"


def _table(rows: list[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


async def _check(
    registry: Registry, environ: Mapping[str, str], say: Callable[[str], None], timeout_s: float
) -> int:
    say("")
    providers = list(registry.providers.values())
    # Redirects are not followed: the key would follow them.
    async with httpx.AsyncClient(transport=make_transport(environ), headers=HEADERS, trust_env=False) as http:
        answers = await asyncio.gather(*(_ask(http, provider, environ, timeout_s) for provider in providers))
    failed = False
    for provider, answer in zip(providers, answers, strict=True):
        ours = [model for model in registry.models.values() if model.provider == provider.id]
        if isinstance(answer, str):
            # A server that no model of ours is at is a profile: it may well not run here.
            failed |= bool(ours)
            say(f"{provider.id}: {answer}")
            continue
        lacking = [model.id for model in ours if model.api_name not in answer]
        say(
            f"{provider.id}: {count(len(answer), 'model')}"
            + (f"; not among them: {', '.join(lacking)}" if lacking else "")
        )
    return int(failed)


async def _ask(
    http: httpx.AsyncClient, provider: Provider, environ: Mapping[str, str], timeout_s: float
) -> set[str] | str:
    """Give the ids of a provider's models, or what kept us from having them."""
    headers = dict(provider.headers)
    secrets = Secrets(secret_headers(headers))
    if provider.api_key_env is not None:
        key = environ.get(provider.api_key_env, "").strip()
        if not key:
            return f"not asked: {provider.api_key_env} is not set"
        headers |= PROTOCOLS[provider.protocol].headers(key)
        secrets = Secrets([key, *secret_headers(provider.headers)])
    try:
        response = await http.get(f"{provider.base_url}/models", headers=headers, timeout=timeout_s)
    except ERRORS as error:
        return f"{provider.base_url} {trouble_from_network(error, timeout_s, timeout_s).text}"
    if not response.is_success:
        return f"{provider.base_url} answered {response.status_code} {response.reason_phrase}".rstrip()
    try:
        return {entry.id for entry in _List.model_validate_json(response.content[:_MAX_LIST]).data}
    except ValidationError:
        said = one_line(secrets.hide(response.text), 80)
        return f"{provider.base_url} answered, but not with a list of models: {said}"
