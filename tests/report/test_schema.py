"""The published JSON schema is that of the document, and real files keep it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from made_up_runs import embedded, hostile, nothing_ranked, realistic
from newer import newer

from pytest_llmbench.__main__ import main
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.json_file import write_json

PUBLISHED = Path(__file__).parents[2] / "docs" / "run.schema.json"


def test_the_published_schema_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert PUBLISHED.read_text("utf-8") == capsys.readouterr().out, (
        "run: python -m pytest_llmbench schema > docs/run.schema.json"
    )


@pytest.mark.parametrize("make", [realistic, embedded, nothing_ranked, hostile])
def test_files_keep_to_it(make: object, tmp_path: Path) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text("utf-8")))
    validator.check_schema(validator.schema)
    assert callable(make)
    write_json(tmp_path / "run.json", make())
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    validator.validate(found)
    validator.validate(newer(found))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**found, "schema": 2})


def test_the_keys_that_users_rely_on_are_there() -> None:
    schema = RunDocument.model_json_schema(by_alias=True)
    assert {"schema", "run", "tasks", "models", "results"} <= set(schema["properties"])
    sample = schema["$defs"]["SamplePart"]["properties"]
    assert {"index", "status", "total", "axes", "checks", "findings", "cost_usd", "usage"} <= set(sample)
