"""All options of one run, resolved once: command line before configuration file before default."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_llmbench.bench.options import OPTIONS, Option
from pytest_llmbench.bench.trials import Sampling
from pytest_llmbench.errors import ConfigError
from pytest_llmbench.scoring.analyzers.own_costs import OwnCosts
from pytest_llmbench.scoring.axis_weights import DEFAULT_AXIS_WEIGHTS, AxisWeights
from pytest_llmbench.values import Value


class Settings(Value):
    """What the user wants. Times are seconds; `models` are ids and globs as they were given.

    What is None is left to the model, the task or the default.

    `report`, `json_path`, `csv_path` and `markdown` are absolute paths, or None where the file is not wanted.
    """

    models: tuple[str, ...]
    samples: int
    base_url: str | None
    api_key_env: str | None
    temperature: float | None
    max_tokens: int | None
    seed: int | None
    system: str | None
    concurrency: int
    timeout: float
    retries: int
    pass_mark: float
    weights: AxisWeights
    own_costs: OwnCosts
    report: Path
    json_path: Path | None
    storage: str
    budget: float | None
    budget_unknown: str | None
    resume: bool
    dry_run: bool
    regrade: str | None
    replay: Path | None
    csv_path: Path | None
    markdown: Path | None
    save: str | None
    autosave: bool
    compare: str | None
    compare_fail: tuple[str, ...]
    inconclusive: int
    gguf: Path | None
    judge: str | None
    allow_unsafe: bool
    lint: bool

    @property
    def asks_nobody(self) -> bool:
        """Whether answers come from a run that is over."""
        return self.regrade is not None or self.replay is not None

    @property
    def sampling(self) -> Sampling:
        """How answers are sampled."""
        return Sampling(
            samples=self.samples,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            seed=self.seed,
            system=self.system,
        )


_PATHS = {
    "report": "report",
    "json": "json_path",
    "csv": "csv_path",
    "markdown": "markdown",
    "gguf": "gguf",
    "replay": "replay",
}


def settings_from(
    config: pytest.Config, from_file: Mapping[str, object], places: Mapping[str, str]
) -> Settings:
    """Resolve the settings.

    Args:
        config: pytest's configuration.
        from_file: The options that stand in the configuration file, by their keys.
        places: Where each of them stands there, for error messages.

    Raises:
        ConfigError: A value in the file is not right.
    """
    values: dict[str, Any] = {}
    for option in OPTIONS:
        given = config.getoption(option.dest)
        if given is None and option.key in from_file:
            given = _checked(option, from_file[option.key], places.get(option.key, ""))
        values[option.key] = option.default if given is None else given
    here = config.invocation_params.dir
    for key, name in _PATHS.items():
        path = values.pop(key)
        values[name] = None if path is None else here / path
    weights = values.pop("weights")
    values["weights"] = DEFAULT_AXIS_WEIGHTS if weights is None else AxisWeights(of_total=weights)
    values["own_costs"] = OwnCosts(caps=values.pop("caps") or {}, costs=values.pop("costs") or {})
    values["models"] = tuple(values["models"] or ())
    for switch in ("allow_unsafe", "lint", "resume", "dry_run", "autosave"):
        values[switch] = bool(values[switch])
    values["compare_fail"] = tuple(values["compare_fail"] or ())
    return Settings(**values)


def _checked(option: Option, value: object, place: str) -> object:
    """Check a value of a configuration file by the same rule as on the command line."""
    if option.repeatable:
        values = value if isinstance(value, list) else [value]
        return [_parsed(option, item, place) for item in values]
    return _parsed(option, value, place)


def _parsed(option: Option, value: object, place: str) -> object:
    if isinstance(value, bool | list | dict):
        raise ConfigError(f"{place}: {option.key} = {value!r}: a number or a text is needed")
    try:
        return option.parse(str(value)) if option.parse else str(value)
    except argparse.ArgumentTypeError as error:
        raise ConfigError(f"{place}: {option.key} = {error}") from None
