"""The JSON schema of a run's JSON file, as it is published for other programs."""

from __future__ import annotations

import json
from typing import Any

from pytest_llmbench.report.document import RunDocument

SCHEMA_ID = "pytest-llmbench/run.schema.json"


def run_schema() -> str:
    """Give the schema as text. A file may hold more keys than it names: newer versions add some."""
    schema = _open(RunDocument.model_json_schema(by_alias=True))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return json.dumps({**head, **schema}, indent=1, ensure_ascii=False) + "\n"


def _open(schema: dict[str, Any]) -> dict[str, Any]:
    """Let objects have more keys, also those that are values of ours and refuse them where they are made."""
    definitions = {
        name: {key: value for key, value in kind.items() if (key, value) != ("additionalProperties", False)}
        for name, kind in schema["$defs"].items()
    }
    return {**schema, "$defs": definitions}
