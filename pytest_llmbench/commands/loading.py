"""Finding the runs that a command is given: files, and what is kept in the project's storage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytest_llmbench.bench.finding import find_run
from pytest_llmbench.bench.options import STORAGE, TOML_KEYS
from pytest_llmbench.bench.past import with_history
from pytest_llmbench.errors import NoSuchRun, UsageError
from pytest_llmbench.models.config import find_config
from pytest_llmbench.models.registry import Registry
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.storage.stored import Storage

Load = Callable[[str], RunDocument]


def loader(folder: Path, storage: str | None, *, history: bool = False) -> Load:
    """Give what finds runs: files, and what is kept in the project's storage, or in another one.

    Args:
        folder: Where files, the storage and the project's configuration are looked for.
        storage: The storage; None for the one that is configured.
        history: Whether a run that is kept comes with the scores of earlier runs of its tasks.
    """
    url = storage or str(Registry.load(find_config(folder), TOML_KEYS).options.get("storage", STORAGE))

    def load(text: str) -> RunDocument:
        try:
            run, document = find_run(text, folder, url)
        except NoSuchRun as error:
            raise UsageError(f"{text}: {error}") from None
        if not history or run != document.run.id:
            return document
        return with_history(document, Storage.open(url, folder, make=False))

    return load
