"""From command line, configuration file and environment to settings and models, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from pytest_llmbench.bench.options import TOML_KEYS
from pytest_llmbench.bench.trials import Selected
from pytest_llmbench.errors import ModelError, UsageError
from pytest_llmbench.models.config import find_config
from pytest_llmbench.models.model import Model
from pytest_llmbench.models.registry import MissingKey, Registry
from pytest_llmbench.plugin.settings import Settings, settings_from


def load(config: pytest.Config, environ: Mapping[str, str]) -> tuple[Settings, tuple[Selected, ...]]:
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
    if settings.asks_nobody:
        _check_alone(settings)
        return settings, ()
    if settings.base_url is not None:
        registry = registry.redirected(settings.base_url, settings.api_key_env)
    return settings, _select(registry, settings, environ)


def _select(registry: Registry, settings: Settings, environ: Mapping[str, str]) -> tuple[Selected, ...]:
    models = registry.select(settings.models)
    if not models and settings.base_url is not None:
        raise UsageError("--llm-base-url needs --llm-models: the names of the models to ask there")
    gaps = registry.missing_keys(models, environ)
    if models and len(gaps) == len(models) and not settings.dry_run:
        raise ModelError(_no_key(gaps))
    missing = {gap.model: str(gap) for gap in gaps}
    if settings.resume and not models:
        raise UsageError("--llm-resume needs --llm-models: repeat the command that was interrupted")
    if settings.dry_run and not models:
        raise UsageError("--llm-dry-run needs --llm-models: the models that would be asked")
    _check_budget(settings, models)
    if models and settings.lint:
        raise UsageError("--llm-lint looks at tasks and asks no model: leave out --llm-models")
    _check_embedded(settings.gguf, wanted=any(model.embedded for model in models))
    return tuple(
        Selected(
            model=model,
            provider=None if model.embedded else registry.provider(model),
            missing_key=missing.get(model.id),
        )
        for model in models
    )


def _check_budget(settings: Settings, models: Sequence[Model]) -> None:
    """Refuse to promise a limit for models that may cost anything."""
    unknown = [model.id for model in models if model.price_output is None and not model.embedded]
    if settings.budget is not None and unknown and settings.budget_unknown is None:
        raise UsageError(
            f"--llm-budget: the output price of {', '.join(unknown)} is not known: set price_output"
            " in the configuration, or let them be asked without a limit: --llm-budget-unknown=allow"
        )


def _check_alone(settings: Settings) -> None:
    """Refuse what makes no sense where no model is asked."""
    ours = "--llm-regrade" if settings.regrade is not None else "--llm-replay"
    others = {
        "--llm-replay": settings.regrade is not None and settings.replay is not None,
        "--llm-resume": settings.resume,
        "--llm-dry-run": settings.dry_run,
        "--llm-base-url": settings.base_url is not None,
        "--llm-lint": settings.lint,
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
