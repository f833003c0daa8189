"""The CSV file: read back by Python's reader, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import hostile, nothing_ranked, realistic

from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.csv_file import FORMULA, csv_lines, write_csv
from pytest_llmbench.report.document import RunDocument


def rows(document: RunDocument) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_lines(document)), newline="")))


def test_there_is_a_row_per_sample() -> None:
    document = realistic()
    found = rows(document)
    assert len(found) == 150
    first, sample = found[0], document.results[0].samples[0]
    assert (first["task"], first["model"], first["sample"]) == ("flatten", document.results[0].model, "1")
    assert float(first["total"]) == sample.total
    assert float(first["correctness"]) == sample.axes.correctness
    assert int(first["checks"]) == len(sample.checks)
    assert {row["status"] for row in found} == {"scored", "truncated", "api_error"}


def test_what_is_unknown_is_empty() -> None:
    found = rows(nothing_ranked())
    assert {row["total"] for row in found} == {row["cost_usd"] for row in found} == {""}
    assert "connection refused" in found[0]["error"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "|cmd", "%0A", " =1"])
def test_formulas_are_defused(text: str) -> None:
    (row, *_) = rows(hostile(text))
    for name in ("task", "vendor", "category", "model_returned", "finish_reason", "failed_checks"):
        assert row[name].startswith("'")


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=60))
def test_any_text_stays_in_its_cell(text: str) -> None:
    found = rows(hostile(text))
    assert len(found) == 4
    assert {None} not in [set(row) for row in found]
    assert not any(
        value.startswith(FORMULA) for row in found for name, value in row.items() if name == "error"
    )


def test_it_is_written_whole(tmp_path: Path) -> None:
    write_csv(tmp_path / "made" / "run.csv", realistic())
    assert (tmp_path / "made" / "run.csv").read_bytes().count(b"\n") == 151
    with pytest.raises(UsageError, match="cannot write the CSV file to "):
        write_csv(tmp_path / "made", realistic())
