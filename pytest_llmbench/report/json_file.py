"""The JSON file: a run document written down and read back."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.files import write_whole


def write_json(path: Path, document: RunDocument) -> None:
    """Write a document as JSON; numbers that are unknown or not finite are null.

    Raises:
        UsageError: The path cannot be written; nothing is left half written.
    """
    try:
        text = _json(document)
    except PydanticSerializationError:
        text = _json(RunDocument.model_validate(_whole_characters(document.model_dump())))
    write_whole(path, (text, "\n"), "the JSON file")


def _json(document: RunDocument) -> str:
    return document.model_dump_json(by_alias=True, indent=2)


def _whole_characters(value: object) -> object:
    """Replace halves of characters, which JSON from a server can hold and a file cannot."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_whole_characters(each) for each in value]
    return value


def read_document(path: Path) -> RunDocument:
    """Read a document that `write_json` wrote, by this version or by a newer one of the same schema.

    Values of ours refuse keys that they do not know; what a newer version has added to them is let by here.

    Raises:
        UsageError: The file cannot be read, or is no run document; the text says what is wrong where.
    """
    try:
        return RunDocument.model_validate_json(path.read_bytes(), extra="ignore")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the file"
        raise UsageError(f"{path} is not a run's JSON file: {where}: {first['msg']}") from error
