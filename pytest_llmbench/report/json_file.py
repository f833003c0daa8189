"""The JSON file: a run document written down and read back."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.files import write_whole


def write_json(path: Path, document: RunDocument) -> None:
    """Write a document as JSON; numbers that are unknown or not finite are null.

    Raises:
        UsageError: The path cannot be written; nothing is left half written.
    """
    write_whole(path, (document.model_dump_json(by_alias=True, indent=2), "\n"), "the JSON file")


def read_document(path: Path) -> RunDocument:
    """Read a document that `write_json` wrote, by this version or by a newer one of the same schema.

    Raises:
        UsageError: The file cannot be read, or is no run document; the text says what is wrong where.
    """
    try:
        return RunDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the file"
        raise UsageError(f"{path} is not a run's JSON file: {where}: {first['msg']}") from error
