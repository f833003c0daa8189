"""The registry: which language models there are, where they are reached, and which a user means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pytest_llmbench.errors import ModelError, UsageError
from pytest_llmbench.models.address import check_variable, clean_base_url
from pytest_llmbench.models.config import Config, merge_config, read_config
from pytest_llmbench.models.model import Model, Provider
from pytest_llmbench.models.toml_file import TomlFile
from pytest_llmbench.values import Value

EMBEDDED = "embedded"
"""The provider of the embedded model; its real address is known once its server runs."""

EMBEDDED_MODEL = Model(
    id="smollm2-135m",
    title="SmolLM2 135M (embedded)",
    vendor="Hugging Face",
    category="Embedded",
    provider=EMBEDDED,
    max_tokens=768,
    embedded=True,
)

AD_HOC = "base-url"
"""The provider that `Registry.redirected` makes."""

_LIST = "python -m pytest_llmbench models lists all"


class MissingKey(Value):
    """A model whose provider needs a key that is not there."""

    model: str
    variable: str
    provider: str

    def __str__(self) -> str:
        return f"{self.model}: no key for {self.provider}: set the environment variable {self.variable}"


class Registry:
    """Models and providers by their ids.

    Args:
        config: What is known.
        everywhere: The one server that all models are asked at, where a user has named one.
    """

    def __init__(self, config: Config, everywhere: Provider | None = None) -> None:
        self._config = config
        self._everywhere = everywhere

    @classmethod
    def load(cls, project_toml: Path | None = None, option_keys: Collection[str] = ()) -> Registry:
        """Read the known models, and what a project adds to them.

        Args:
            project_toml: The project's `llmbench.toml` or `pyproject.toml`; see `find_config`.
            option_keys: The options that may stand in that file too.

        Raises:
            ConfigError: Something in the file is not right.
        """
        packaged = TomlFile.read(Path(__file__).with_name("models.toml"))
        base = merge_config(packaged, Config(models={EMBEDDED_MODEL.id: EMBEDDED_MODEL}))
        return cls(base if project_toml is None else read_config(project_toml, base, option_keys))

    def redirected(self, base_url: str, api_key_env: str | None = None) -> Registry:
        """Give a registry whose models, and any other name, are all asked at one server.

        Titles and prices of known models are kept. No provider's key and no configured header goes
        to that server, only the key in `api_key_env`.

        Raises:
            UsageError: One of the two is not right.
        """
        try:
            url = clean_base_url(base_url)
        except ValueError as error:
            raise UsageError(f"--llm-base-url: {error}") from None
        try:
            variable = check_variable(api_key_env) if api_key_env is not None else None
        except ValueError as error:
            raise UsageError(f"--llm-api-key-env: {error}") from None
        return Registry(self._config, Provider(id=AD_HOC, base_url=url, api_key_env=variable))

    @property
    def options(self) -> Mapping[str, Any]:
        """The options that stand in the configuration file."""
        return self._config.options

    @property
    def places(self) -> Mapping[str, str]:
        """Where each of those options stands, as `file:line`."""
        return self._config.places

    @property
    def models(self) -> Mapping[str, Model]:
        """All known models, as they are asked here."""
        return {key: self._at_home(model) for key, model in self._config.models.items()}

    @property
    def providers(self) -> Mapping[str, Provider]:
        """All providers that models of this registry can have, without the embedded one."""
        if self._everywhere is not None:
            return {AD_HOC: self._everywhere}
        return self._config.providers

    def provider(self, model: Model) -> Provider:
        """Where a model of this registry is reached.

        Raises:
            ModelError: The model is the embedded one, which is reached through its server.
        """
        found = self.providers.get(model.provider)
        if found is None:
            raise ModelError(f"{model.id} is not at any server: provider {model.provider!r} has no address")
        return found

    def select(self, patterns: Sequence[str]) -> tuple[Model, ...]:
        """Find the models that a user means.

        Args:
            patterns: Ids, globs and `all`, each text one of them or several with commas between;
                `PROVIDER/NAME` is any model of a known provider. Neither `all` nor a glob takes the
                embedded model in: it is named in full.

        Returns:
            The models in the order in which they are named, each once.

        Raises:
            ModelError: One is not known; the text has the nearest names.
        """
        names = [name for text in patterns for part in text.split(",") if (name := part.strip())]
        if patterns and not names:
            raise ModelError(f"no model is named; {_LIST}")
        found = {model.id: model for name in names for model in self._matching(name)}
        return tuple(found.values())

    def missing_keys(self, models: Iterable[Model], environ: Mapping[str, str]) -> tuple[MissingKey, ...]:
        """Say which models cannot be asked, because the variable with their provider's key is not set."""
        return tuple(self._missing(models, environ))

    def _missing(self, models: Iterable[Model], environ: Mapping[str, str]) -> Iterator[MissingKey]:
        for model in models:
            provider = None if model.embedded else self.provider(model)
            if provider and provider.api_key_env and not environ.get(provider.api_key_env, "").strip():
                yield MissingKey(model=model.id, variable=provider.api_key_env, provider=provider.display)

    def _at_home(self, model: Model) -> Model:
        if self._everywhere is None:
            return model
        # Configured headers may hold a key, and the embedded model's name is as good as any there.
        return model.model_copy(update={"provider": AD_HOC, "headers": {}, "embedded": False})

    def _matching(self, name: str) -> Iterable[Model]:
        models = self.models
        if name in models:
            return [models[name]]
        if name == "all" or set("*?[") & set(name):
            return self._glob("*" if name == "all" else name)
        if self._everywhere is not None:
            return [Model(id=name, provider=AD_HOC)]
        provider, slash, rest = name.partition("/")
        if slash and rest and provider in self.providers:
            return [Model(id=name, provider=provider, name=rest)]
        raise ModelError(self._unknown(name))

    def _glob(self, pattern: str) -> list[Model]:
        embedded = {key for key, model in self._config.models.items() if model.embedded}
        known = [model for key, model in self.models.items() if key not in embedded]
        found = [model for model in known if fnmatchcase(model.id, pattern)]
        if not found:
            named = [key for key in sorted(embedded) if fnmatchcase(key, pattern)]
            hint = f"; {named[0]} has to be named in full" if named else ""
            raise ModelError(f"no model matches {pattern!r}{hint} ({_LIST})")
        return found

    def _unknown(self, name: str) -> str:
        """Say what is wrong with a name, and which known one is nearest."""
        provider, _, rest = name.partition("/")
        if rest and (near := get_close_matches(provider, self.providers, n=1)):
            return f"unknown provider {provider!r} in {name!r}; did you mean {near[0]!r}? ({_LIST})"
        ids = {key.lower(): key for key in self._config.models}
        near = [ids[key] for key in get_close_matches(name.lower(), ids, n=1)]
        return f"unknown model {name!r}" + (f"; did you mean {near[0]!r}?" if near else "") + f" ({_LIST})"
