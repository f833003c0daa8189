"""The configuration file: a project's own models, providers and options, checked key by key.

It is `llmbench.toml`, or the table `[tool.llmbench]` of `pyproject.toml`. Models and providers extend
or override the known ones; a table of a known id may give just some of its keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from pytest_llmbench.models.address import check_variable, clean_base_url
from pytest_llmbench.models.model import Model, Provider
from pytest_llmbench.models.toml_file import TomlFile
from pytest_llmbench.values import Value

OWN_FILE = "llmbench.toml"
"""The file that holds our configuration and nothing else; it comes before pyproject.toml."""

TABLES = ("models", "providers")

_MODEL_KEYS = frozenset(Model.model_fields) - {"id", "embedded"}
_PROVIDER_KEYS = frozenset(Provider.model_fields) - {"id"}
_OURS = frozenset({"messages", "model", "n", "stream"})
"""What `extra_body` may not set: a request would no longer be the trial that it is booked as."""

_ID_REFUSED = frozenset(",*?[] \t\n\r")


class Config(Value):
    """What is configured: models and providers by id, and options as they stand in the file.

    `places` says for each option where it stands, as `file:line`.
    """

    models: dict[str, Model] = Field(default_factory=dict)
    providers: dict[str, Provider] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)
    places: dict[str, str] = Field(default_factory=dict)


def find_config(folder: Path) -> Path | None:
    """Find the configuration file in a project's folder, if it has one."""
    found = (folder / name for name in (OWN_FILE, "pyproject.toml"))
    return next((path for path in found if path.is_file()), None)


def read_config(path: Path, base: Config, option_keys: Collection[str] = ()) -> Config:
    """Read a configuration file on top of what is known.

    Args:
        path: A `pyproject.toml`, or any other TOML file that is ours alone.
        base: What it extends.
        option_keys: The options that may stand in it.

    Raises:
        ConfigError: Something in it is not right; the text has the file, the line and the key.
    """
    return merge_config(TomlFile.read(path, _prefix(path)), base, option_keys)


def merge_config(file: TomlFile, base: Config, option_keys: Collection[str] = ()) -> Config:
    """Put a file's tables on top of what is known.

    Raises:
        ConfigError: Something in it is not right; the text has the file, the line and the key.
    """
    file.refuse_unknown((), {*TABLES, *option_keys})
    providers = {**base.providers, **_providers(file, base.providers)}
    models = {**base.models, **_models(file, base.models, providers)}
    options = {key: value for key, value in file.table.items() if key not in TABLES}
    places = {key: file.place(key) for key in options}
    return Config(
        models=models,
        providers=providers,
        options={**base.options, **options},
        places={**base.places, **places},
    )


def _prefix(path: Path) -> tuple[str, ...]:
    return ("tool", "llmbench") if path.name == "pyproject.toml" else ()


def _providers(file: TomlFile, known: Mapping[str, Provider]) -> dict[str, Provider]:
    return {key: _provider(file, key, known.get(key)) for key in file.subtable("providers")}


def _provider(file: TomlFile, key: str, known: Provider | None) -> Provider:
    table = ("providers", key)
    given = file.subtable(*table)
    file.refuse_unknown(table, _PROVIDER_KEYS)
    _check_id(file, table)
    if known is None and "base_url" not in given:
        raise file.error(table, f"{file.header(*table)} is new and needs a 'base_url'")
    _convert(file, table, given, "base_url", clean_base_url)
    _convert(file, table, given, "api_key_env", check_variable)
    provider: Provider = _build(file, table, Provider, known, given)
    _check_headers(file, table, provider.headers)
    return provider


def _models(
    file: TomlFile, known: Mapping[str, Model], providers: Mapping[str, Provider]
) -> dict[str, Model]:
    return {key: _model(file, key, known.get(key), providers) for key in file.subtable("models")}


def _model(file: TomlFile, key: str, known: Model | None, providers: Mapping[str, Provider]) -> Model:
    table = ("models", key)
    given = file.subtable(*table)
    file.refuse_unknown(table, _MODEL_KEYS)
    _check_id(file, table)
    if known is None and "provider" not in given:
        names = ", ".join(sorted(providers))
        raise file.error(table, f"{file.header(*table)} is new and needs a 'provider', one of: {names}")
    model: Model = _build(file, table, Model, known, given)
    if model.provider not in providers and not model.embedded:
        near = get_close_matches(model.provider, providers, n=1)
        known_ones = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(providers))}."
        raise file.error(
            (*table, "provider"),
            f"unknown provider {model.provider!r}; {known_ones} A new one is declared by"
            f" {file.header('providers', model.provider)}",
        )
    _check_headers(file, table, model.headers)
    _check_extra_body(file, table, model.extra_body)
    return model


def _build(
    file: TomlFile, table: tuple[str, ...], kind: type[Any], known: Value | None, given: Mapping[str, Any]
) -> Any:
    """Make a value from what is known of it and what the file says."""
    before = known.model_dump() if known is not None else {}
    try:
        return kind.model_validate({**before, **given, "id": table[-1]}, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = tuple(str(part) for part in first["loc"])
        text = first["msg"].removeprefix("Input ")
        raise file.error((*table, *keys), f"{'.'.join(keys)} in {file.header(*table)} {text}") from None


def _convert(
    file: TomlFile, table: tuple[str, ...], given: dict[str, Any], key: str, check: Callable[[str], str]
) -> None:
    """Check a text by a rule of its own; another type is left to the strict types."""
    if isinstance(given.get(key), str):
        try:
            given[key] = check(given[key])
        except ValueError as error:
            raise file.error((*table, key), f"{key} in {file.header(*table)}: {error}") from None


def _check_id(file: TomlFile, table: tuple[str, ...]) -> None:
    """An id has to be something that can be named on the command line."""
    name = table[-1]
    if not name or name == "all" or _ID_REFUSED & set(name):
        raise file.error(
            table, f"{name!r} cannot be an id: it may not be 'all', nor hold a space or one of ,*?[]"
        )


def _check_headers(file: TomlFile, table: tuple[str, ...], headers: Mapping[str, str]) -> None:
    """Header values may be secrets: they are not repeated."""
    for name, value in headers.items():
        if not name.isascii() or not value.isascii() or not (name + value).isprintable() or ":" in name:
            raise file.error(
                (*table, "headers", name), f"the header {name!r} holds characters that cannot be sent"
            )


def _check_extra_body(file: TomlFile, table: tuple[str, ...], extra: Mapping[str, Any]) -> None:
    for key, value in extra.items():
        keys = (*table, "extra_body", key)
        if key in _OURS:
            raise file.error(keys, f"extra_body may not set {key!r}: each trial decides it")
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            raise file.error(keys, f"extra_body.{key} has no JSON form: no dates, 'inf' or 'nan'") from None
