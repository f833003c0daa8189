"""The JSON file: what is written is read back; what cannot be written leaves nothing behind."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from made_up_runs import compared, embedded, hostile, nothing_ranked, opinion, realistic
from newer import make_newer
from pydantic import BaseModel

from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.document import (
    AgreementPart,
    AskedPart,
    JudgePart,
    RunDocument,
)
from pytest_llmbench.report.files import write_whole
from pytest_llmbench.report.json_file import read_document, write_json


@pytest.mark.parametrize("make", [realistic, embedded, nothing_ranked, hostile])
def test_a_document_is_read_back_as_it_was(make: object, tmp_path: Path) -> None:
    assert callable(make)
    document = make()
    write_json(tmp_path / "out.json", document)
    assert read_document(tmp_path / "out.json") == document


def test_the_keys_are_those_of_the_format(tmp_path: Path) -> None:
    write_json(tmp_path / "out.json", realistic())
    data = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert data["schema"] == 1
    assert set(data) == {"schema", "run", "tasks", "models", "results", "judges", "baseline", "history"}
    assert {"id", "started", "duration_s", "sandbox", "samples", "versions"} <= set(data["run"])
    assert data["run"]["started"] == "2026-11-23T14:02:00Z"
    assert {"id", "title", "language", "suite", "hash"} <= set(data["tasks"][0])
    model_keys = {"id", "title", "vendor", "category", "price_output", "score", "interval", "axes", "value",
                  "cost_usd", "score_per_usd", "rank", "errors"}  # fmt: skip
    assert model_keys <= set(data["models"][0])
    assert {"task", "model", "score", "note", "samples"} <= set(data["results"][0])
    sample_keys = "index status total axes checks findings finish_reason model_returned cost_usd usage"
    assert {*sample_keys.split(), "latency_s", "first_token_s"} <= set(data["results"][0]["samples"][0])


def test_numbers_that_are_unknown_or_not_finite_are_null(tmp_path: Path) -> None:
    document = embedded()
    odd = document.models[0].model_copy(update={"latency_s": math.nan, "cost_usd": math.inf})
    write_json(tmp_path / "out.json", document.model_copy(update={"models": (odd,)}))
    text = (tmp_path / "out.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    model = json.loads(text)["models"][0]
    assert (model["latency_s"], model["cost_usd"], model["price_output"], model["value"]) == (None,) * 4


def test_keys_of_a_newer_version_are_let_by_at_every_level(tmp_path: Path) -> None:
    document = everything()
    known = {"RunDocument", *RunDocument.model_json_schema()["$defs"]} - {"JsonValue"}
    assert kinds_in(document) == known
    write_json(tmp_path / "out.json", document)
    make_newer(tmp_path / "out.json")
    assert (tmp_path / "out.json").read_text().count("added_later") > 1000
    assert read_document(tmp_path / "out.json") == document


def everything() -> RunDocument:
    """A document with all that one may hold."""
    document = compared()
    run = document.run.model_copy(update={"caps": {"padding": 2.0}, "costs": {"F401": 0.1}})
    judge = JudgePart(
        id="judge", wanted=1, given=1, agreement={"total": AgreementPart(samples=1, difference=0.5)}
    )
    first, *others = document.results
    judged = first.samples[0].model_copy(update={"opinion": opinion(7.0), "asked": AskedPart(seed=1)})
    first = first.model_copy(update={"samples": (judged, *first.samples[1:])})
    return document.model_copy(update={"run": run, "judges": (judge,), "results": (first, *others)})


def kinds_in(value: object) -> set[str]:
    """The kinds of values that a document is made of."""
    if isinstance(value, BaseModel):
        return {type(value).__name__}.union(*(kinds_in(each) for _, each in value))
    if isinstance(value, Mapping):
        return set().union(*map(kinds_in, value.values()))
    return set().union(*map(kinds_in, value)) if isinstance(value, tuple) else set()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file: Invalid JSON"),
        ("[1]", "the file"),
        ('{"schema": 2}', "schema"),
        ('{"schema": 1}', "run: Field required"),
    ],
)
def test_another_file_is_refused_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="is not a run's JSON file") as caught:
        read_document(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_an_error_of_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*gone\.json: No such file"):
        read_document(tmp_path / "gone.json")


def test_folders_are_made_and_no_other_file_is_left(tmp_path: Path) -> None:
    write_json(tmp_path / "a" / "b" / "out.json", embedded())
    assert _names(tmp_path / "a" / "b") == ["out.json"]


def test_a_new_file_has_the_rights_that_the_user_gives_files(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("", encoding="utf-8")
    write_json(tmp_path / "out.json", embedded())
    assert (tmp_path / "out.json").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_failure_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("before", encoding="utf-8")

    def pieces() -> Iterator[str]:
        yield "half"
        raise OSError(28, "No space left on device")

    with pytest.raises(UsageError, match=r"cannot write the report to .*: No space left on device"):
        write_whole(tmp_path / "report", pieces(), "the report")
    assert (tmp_path / "report").read_text(encoding="utf-8") == "before"
    assert _names(tmp_path) == ["report"]


@pytest.mark.parametrize("path", ["folder", "file/out.json"])
def test_a_path_that_cannot_be_written_is_named(path: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        write_json(tmp_path / path, embedded())
    assert f"cannot write the JSON file to {tmp_path / path}: " in str(caught.value)
    assert _names(tmp_path) == ["file", "folder"]
    assert _names(tmp_path / "folder") == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old", encoding="utf-8")
    (tmp_path / "link.json").symlink_to("real.json")
    write_json(tmp_path / "link.json", embedded())
    assert (tmp_path / "link.json").is_symlink()
    assert read_document(tmp_path / "real.json") == embedded()


def test_half_a_character_from_a_server_is_replaced(tmp_path: Path) -> None:
    document = hostile("ab\ud800c")
    write_json(tmp_path / "out.json", document)
    sample = read_document(tmp_path / "out.json").results[0].samples[0]
    assert sample.answer.reply == "ab\ufffdc"
    assert sample.checks[0].label == "ab\ufffdc"


def test_a_device_is_written_to_and_not_replaced() -> None:
    before = Path("/dev/null").stat()
    write_json(Path("/dev/null"), embedded())
    assert Path("/dev/null").stat().st_ino == before.st_ino


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
