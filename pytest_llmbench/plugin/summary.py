"""Writes the end of a session on the terminal: the leaderboard, the comparison, and where the files are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_llmbench.report.terminal import Look

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from pytest_llmbench.plugin.comparing import Comparing
    from pytest_llmbench.plugin.results import Results

_MARKUP: dict[Look, dict[str, bool]] = {
    "plain": {},
    "strong": {"bold": True},
    "gold": {"yellow": True},
    "faint": {"light": True},
}
"""How pytest writes a line's look: not at all where the output is no terminal, or NO_COLOR is set."""


def write_summary(
    reporter: TerminalReporter, results: Results, comparing: Comparing, written: Iterable[str]
) -> None:
    """Write it.

    Args:
        reporter: pytest's own.
        results: What the session has found out.
        comparing: How that compares with an earlier run.
        written: Where the files are, and what went wrong.
    """
    reporter.section("language models", sep="=")
    for line in results.lines(reporter._tw.fullwidth):  # noqa: SLF001 - no public width
        reporter.write_line(line.text, **_MARKUP[line.look])
    for text in comparing.lines():
        reporter.write_line(text, red=text.lstrip().startswith(("red ", "gate: red")))
    for text in written:
        reporter.write_line(text, red=text.startswith("ERROR"))
    for text in comparing.annotations():
        reporter.write_line(text)
