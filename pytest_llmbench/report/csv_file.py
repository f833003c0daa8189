"""The CSV file: a row per sample, for spreadsheets and data frames.

Numbers are plain numbers and empty where they are unknown. A text that a spreadsheet would take for a
formula gets an apostrophe in front, since models and servers write some of these texts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.report.document import ModelPart, ResultPart, RunDocument, SamplePart, TaskPart
from pytest_llmbench.report.files import write_whole
from pytest_llmbench.scoring.scorecard import AXES

Cell = str | int | float | None

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a cell must not start with: spreadsheets take it for a formula or a command."""
_LONGEST = 500


def write_csv(path: Path, document: RunDocument) -> None:
    """Write a run's samples as CSV (RFC 4180, UTF-8), one after another.

    Raises:
        UsageError: The path cannot be written; nothing is left half written.
    """
    write_whole(path, csv_lines(document), "the CSV file")


def csv_lines(document: RunDocument) -> Iterator[str]:
    """Give the lines, the heads first, each with its line end."""
    tasks = {task.id: task for task in document.tasks}
    models = {model.id: model for model in document.models}
    heads = False
    for result in document.results:
        for sample in result.samples:
            row = _row(document.run.id, tasks[result.task], models[result.model], result, sample)
            if not heads:
                yield _line(row.keys())
                heads = True
            yield _line(_defused(value) for value in row.values())


def _row(
    run: str, task: TaskPart, model: ModelPart, result: ResultPart, sample: SamplePart
) -> Mapping[str, Cell]:
    return {
        "run": run,
        "task": result.task,
        "language": task.language,
        "suite": task.suite,
        "tags": " ".join(task.tags),
        "model": result.model,
        "vendor": model.vendor,
        "category": model.category,
        "price_output": model.price_output,
        "sample": sample.index + 1,
        "status": sample.status,
        "total": sample.total,
        **{axis: getattr(sample.axes, axis) for axis in AXES},
        "checks_passed": sum(check.passed for check in sample.checks),
        "checks": len(sample.checks),
        "tokens_input": sample.usage.input,
        "tokens_output": sample.usage.output,
        "tokens_reasoning": sample.usage.reasoning,
        "tokens_cached": sample.usage.cached,
        "cost_usd": sample.cost_usd,
        "latency_s": sample.latency_s,
        "first_token_s": sample.first_token_s,
        "judge_s": sample.judge_s,
        "finish_reason": sample.finish_reason,
        "model_returned": sample.model_returned,
        **_opinion(sample.opinion),
        "failed_checks": "; ".join(check.label for check in sample.checks if not check.passed),
        "error": sample.error,
    }


def _opinion(opinion: Opinion | None) -> Mapping[str, Cell]:
    """Give a judge's columns, which are empty where nobody was asked."""
    return {
        "judge": None if opinion is None else opinion.judge,
        "opinion": None if opinion is None else opinion.status,
        "opinion_total": None if opinion is None else opinion.total,
        **{f"opinion_{axis}": None if opinion is None else getattr(opinion.axes, axis) for axis in AXES},
        "opinion_cost_usd": None if opinion is None else opinion.cost_usd,
    }


def _defused(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    text = one_line(value, _LONGEST)
    return f"'{text}" if value.startswith(FORMULA) or text.startswith(FORMULA) else text


def _line(cells: object) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(cells)  # type: ignore[arg-type]
    return file.getvalue()
