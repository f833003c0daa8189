"""Finding the run that somebody means: a JSON file, or a run that is kept, by its id or name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytest_llmbench.bench.options import STORAGE, TOML_KEYS
from pytest_llmbench.models.config import find_config
from pytest_llmbench.models.registry import Registry
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.json_file import read_document
from pytest_llmbench.storage.stored import Storage


def loader(folder: Path, url: str | None = None) -> Callable[[str], RunDocument]:
    """Give what finds a run.

    Args:
        folder: Where files, the storage and the project's configuration are looked for.
        url: The storage; None for the one that is configured.
    """

    def load(text: str) -> RunDocument:
        path = folder / text
        if path.is_file() or path.suffix == ".json":
            return read_document(path)
        place = url or str(Registry.load(find_config(folder), TOML_KEYS).options.get("storage", STORAGE))
        storage = Storage.open(place, folder, make=False)
        return storage.load(storage.find(text))

    return load
