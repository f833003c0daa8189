"""The leaderboard as Markdown, for a pull request or the summary of a CI job."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.document import JudgePart, ModelPart, RunDocument
from pytest_llmbench.report.files import write_whole
from pytest_llmbench.report.markup import markdown
from pytest_llmbench.report.numbers import UNKNOWN, count, dollars, fixed, span
from pytest_llmbench.report.opinions import agreement_rows, opinion_lines

_Column = tuple[str, Callable[[ModelPart], str]]

_COLUMNS: tuple[_Column, ...] = (
    ("#", lambda model: UNKNOWN if model.rank is None else str(model.rank)),
    ("model", lambda model: markdown(model.id, 80)),
    ("score", lambda model: fixed(model.score)),
    ("95 %", lambda model: span(model.interval)),
    ("correctness", lambda model: fixed(model.axes.correctness)),
    ("quality", lambda model: fixed(model.axes.quality)),
    ("documentation", lambda model: fixed(model.axes.documentation)),
    ("edge cases", lambda model: fixed(model.axes.edge_cases)),
    ("cost", lambda model: markdown(dollars(model.cost_usd))),
    ("notes", lambda model: markdown(_notes(model), 400)),
)
_OPINION: _Column = ("judge", lambda model: fixed(model.opinion))


def leaderboard_markdown(document: RunDocument) -> Iterator[str]:
    """Give the lines of a table of all models, and of one of models and tasks."""
    run = document.run
    samples = count(run.samples, "sample")
    yield f"{count(len(document.models), 'model')}, {count(len(document.tasks), 'task')}, {samples} each"
    yield ""
    columns = [*_COLUMNS[:3], _OPINION, *_COLUMNS[3:]] if document.judges else list(_COLUMNS)
    yield from table(
        [heading for heading, _ in columns],
        [[write(model) for _, write in columns] for model in document.models],
    )
    yield ""
    yield from _by_task(document)
    for judge in document.judges:
        yield from _judge(judge)


def _judge(judge: JudgePart) -> Iterator[str]:
    """Give what a judge thought, and how that goes with our scores."""
    for text in opinion_lines(judge):
        yield ""
        yield markdown(text, 400)
    if rows := agreement_rows(judge):
        yield ""
        headings = ["opinion less score", "mean difference", "on balance", "rank correlation"]
        yield from table(headings, rows)


def write_markdown(path: Path, lines: Sequence[str]) -> None:
    """Write Markdown.

    Raises:
        UsageError: The path cannot be written; nothing is left half written.
    """
    write_whole(path, [f"{line}\n" for line in lines], "the Markdown summary")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Draw a table; cells are Markdown already."""
    yield _row(headings)
    yield _row(["---"] * len(headings))
    yield from (_row(row) for row in rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _notes(model: ModelPart) -> str:
    parts = [] if model.unranked is None else [model.unranked]
    if model.truncated:
        parts.append(f"{model.truncated} cut off")
    if model.no_code:
        parts.append(f"{model.no_code} without code")
    if model.errors:
        parts.append(f"{model.errors} not judged")
    return ", ".join(parts)


def _by_task(document: RunDocument) -> Iterator[str]:
    results = {(result.task, result.model): result for result in document.results}
    models = [model.id for model in document.models]
    yield from table(
        ["task", *(markdown(model, 80) for model in models)],
        [
            [markdown(task.id, 80), *(fixed(results[task.id, model].score) for model in models)]
            for task in document.tasks
        ],
    )


def add_step_summary(environ: Mapping[str, str], lines: Sequence[str]) -> None:
    """Add Markdown to the summary of a GitHub Actions step, where this runs in one.

    Raises:
        UsageError: The file that GitHub names cannot be written.
    """
    path = environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise UsageError(f"cannot add to GITHUB_STEP_SUMMARY ({path}): {error.strerror or error}") from error
