"""From command line, configuration file and environment to settings and models, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_llmbench.bench.options import TOML_KEYS
from pytest_llmbench.bench.trials import Selected
from pytest_llmbench.errors import ModelError, UsageError
from pytest_llmbench.models.config import find_config
from pytest_llmbench.models.model import Model
from pytest_llmbench.models.registry import MissingKey, Registry
from pytest_llmbench.plugin.settings import Settings, settings_from


class Loaded(NamedTuple):
    """The options, the models to ask, and who is asked for opinions on their answers."""

    settings: Settings
    selected: tuple[Selected, ...]
    judge: Selected | None


def load(config: pytest.Config, environ: Mapping[str, str]) -> Loaded:
    """Resolve the options, and find the models that they name.

    Raises:
        UsageError: Something is not right; the text says what, and what would be right.
    """
    registry = Registry.load(
        find_config(config.rootpath) or find_config(config.invocation_params.dir), TOML_KEYS
    )
    settings = settings_from(config, registry.options, registry.places)
    if settings.api_key_env is not None and settings.base_url is None:
        raise UsageError(
            "--llm-api-key-env goes with --llm-base-url; a registry provider's key is named in its table"
        )
    given = config.getoption("llm_judge") is not None
    if settings.asks_nobody:
        _check_alone(settings, judge=given)
        return Loaded(settings, (), None)
    if settings.base_url is not None:
        registry = registry.redirected(settings.base_url, settings.api_key_env)
    models = registry.select(settings.models)
    if given and not models:
        raise UsageError("--llm-judge needs --llm-models: the models whose answers it is to judge")
    judge = None
    if settings.judge is not None and models:
        place = "--llm-judge" if given else f"{registry.places['judge']}: judge"
        judge = find_judge(registry, settings.judge, place)
    selected = _select(registry, settings, models, judge, environ)
    return Loaded(settings, selected, None if judge is None else _selected(registry, judge, environ))


def _select(
    registry: Registry,
    settings: Settings,
    models: Sequence[Model],
    judge: Model | None,
    environ: Mapping[str, str],
) -> tuple[Selected, ...]:
    if not models and settings.base_url is not None:
        raise UsageError("--llm-base-url needs --llm-models: the names of the models to ask there")
    gaps = registry.missing_keys(models, environ)
    if models and len(gaps) == len(models) and not settings.dry_run:
        raise ModelError(_no_key(gaps))
    if judge is not None and not settings.dry_run:
        for gap in registry.missing_keys([judge], environ):
            raise ModelError(f"--llm-judge: {gap}")
    if settings.resume and not models:
        raise UsageError("--llm-resume needs --llm-models: repeat the command that was interrupted")
    if settings.dry_run and not models:
        raise UsageError("--llm-dry-run needs --llm-models: the models that would be asked")
    everybody = [*models, *([judge] if judge is not None else [])]
    _check_budget(settings, everybody)
    if models and settings.lint:
        raise UsageError("--llm-lint looks at tasks and asks no model: leave out --llm-models")
    _check_embedded(settings.gguf, wanted=any(model.embedded for model in everybody))
    return tuple(_selected(registry, model, environ) for model in models)


def find_judge(registry: Registry, name: str, place: str) -> Model:
    """Find the one model that is to give opinions.

    Args:
        registry: The known models.
        name: Its name, as a model to ask is named.
        place: Where the name was given, for errors.

    Raises:
        ModelError: It is not known, or cannot be a judge.
    """
    try:
        found = registry.select([name])
    except ModelError as error:
        raise ModelError(f"{place}: {error}") from None
    if len(found) != 1:
        raise ModelError(f"{place} = {name!r} names {len(found)} models: one is needed")
    if found[0].router:
        raise ModelError(f"{place}: {name} is a router, so each opinion may be another model's: name a model")
    return found[0]


def _selected(registry: Registry, model: Model, environ: Mapping[str, str]) -> Selected:
    gap = next(iter(registry.missing_keys([model], environ)), None)
    return Selected(
        model=model,
        provider=None if model.embedded else registry.provider(model),
        missing_key=None if gap is None else str(gap),
    )


def _check_budget(settings: Settings, models: Sequence[Model]) -> None:
    """Refuse to promise a limit for models that may cost anything."""
    unknown = [model.id for model in models if model.price_output is None and not model.embedded]
    if settings.budget is not None and unknown and settings.budget_unknown is None:
        raise UsageError(
            f"--llm-budget: the output price of {', '.join(unknown)} is not known: set price_output"
            " in the configuration, or let them be asked without a limit: --llm-budget-unknown=allow"
        )


def _check_alone(settings: Settings, *, judge: bool) -> None:
    """Refuse what makes no sense where no model is asked."""
    ours = "--llm-regrade" if settings.regrade is not None else "--llm-replay"
    others = {
        "--llm-replay": settings.regrade is not None and settings.replay is not None,
        "--llm-resume": settings.resume,
        "--llm-dry-run": settings.dry_run,
        "--llm-base-url": settings.base_url is not None,
        "--llm-lint": settings.lint,
        "--llm-judge (the opinions that the run has are shown)": judge,
    }
    for other, given in others.items():
        if given:
            raise UsageError(f"{ours} asks no model, so it does not go with {other}")


def _no_key(gaps: Sequence[MissingKey]) -> str:
    """Say which variables to set: one line per provider, however many models it has."""
    by_variable: dict[tuple[str, str], list[str]] = {}
    for gap in gaps:
        by_variable.setdefault((gap.variable, gap.provider), []).append(gap.model)
    lines = [
        f"set the environment variable {variable} for {provider}: {', '.join(models)}"
        for (variable, provider), models in by_variable.items()
    ]
    return "no model has its key: " + "\n  or ".join(lines)


def _check_embedded(gguf: Path | None, *, wanted: bool) -> None:
    """Look for what the embedded model's server needs, before it is started."""
    if wanted:
        from pytest_llmbench.completions.embedded import find_gguf, require_server

        require_server()
        find_gguf(gguf)
    elif gguf is not None:
        raise UsageError("--llm-gguf is for the embedded model's server: add --llm-models=smollm2-135m")
