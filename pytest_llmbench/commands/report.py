"""Draws a report again: of one run, or of several together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pytest_llmbench.report.csv_file import write_csv
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.files import check_writable
from pytest_llmbench.report.html import write_html
from pytest_llmbench.report.json_file import write_json
from pytest_llmbench.report.markdown import leaderboard_markdown, write_markdown
from pytest_llmbench.report.merge import merged
from pytest_llmbench.report.terminal import Line, table_lines

Load = Callable[[str], RunDocument]
Write = Callable[[Path, RunDocument], None]


def _name(run: str) -> str:
    """Give what people call a run: a file's name without its ending, or what stands for it."""
    return Path(run).stem if Path(run).suffix else run


def _beside(document: RunDocument, baseline: str, load: Load) -> RunDocument:
    from pytest_llmbench.comparison.baseline import with_baseline
    from pytest_llmbench.comparison.compare import compare
    from pytest_llmbench.comparison.verdict import require_statistics

    require_statistics()
    return with_baseline(document, compare(load(baseline), document, name=_name(baseline)))


def _write_markdown(path: Path, document: RunDocument) -> None:
    write_markdown(path, list(leaderboard_markdown(document)))


WRITERS: dict[str, tuple[str, Write]] = {
    "json": ("the JSON file", write_json),
    "csv": ("the CSV file", write_csv),
    "markdown": ("the Markdown summary", _write_markdown),
    "html": ("the HTML report", write_html),
}
"""What can be written: what it is called in messages, and what writes it."""


def draw_report(
    runs: Sequence[str],
    paths: dict[str, Path],
    *,
    baseline: str | None,
    load: Load,
    width: int,
    say: Callable[[Line], None],
) -> int:
    """Print the leaderboard of some runs, and write files.

    Args:
        runs: The runs, as `load` understands them.
        paths: Where each kind of file goes; a kind that is not there is not written.
        baseline: The run that is compared with, as `load` understands it; None for none.
        load: Finds a run.
        width: The cells that a line of the terminal takes.
        say: Prints a line.

    Returns:
        The exit code, 0.

    Raises:
        UsageError: A run is not there, runs do not go together, or a file cannot be written.
    """
    for kind, path in paths.items():
        check_writable(path, WRITERS[kind][0])
    document = merged([(_name(run), load(run)) for run in runs])
    if baseline is not None:
        document = _beside(document, baseline, load)
    # The files first: whoever reads the output may stop reading it.
    for kind, path in paths.items():
        WRITERS[kind][1](path, document)
    for line in table_lines(document, width):
        say(line)
    for kind, path in paths.items():
        say(Line(f"{WRITERS[kind][0].removeprefix('the ')}: {path}"))
    return 0
