"""Compares two runs outside of a test run, and holds the difference against a gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pytest_llmbench.commands.loading import Load
from pytest_llmbench.comparison.rules import Rule, parse_rule
from pytest_llmbench.comparison.verdict import CompareVerdict, require_statistics
from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.markdown import add_step_summary, leaderboard_markdown, write_markdown


def compare_runs(
    before: str,
    after: str,
    *,
    fail: Sequence[str],
    markdown: Path | None,
    inconclusive: int,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    load: Load,
) -> int:
    """Compare a run with an earlier one, and print what changed.

    Args:
        before: The earlier run, as `load` understands it.
        after: The later one.
        fail: The gate's rules.
        markdown: Where to write a summary; None for nowhere.
        inconclusive: The exit code where the gate cannot tell.
        environ: Says whether this runs in GitHub Actions.
        say: Prints a line.
        load: Finds a run.

    Returns:
        The exit code: 0 where nothing is red, 1 where something is, `inconclusive` where it cannot be told.

    Raises:
        UsageError: A run is not there, or a rule is none.
    """
    require_statistics()
    rules = [_rule(text) for text in fail]
    old, new = load(before), load(after)
    if not {model.id for model in old.models} & {model.id for model in new.models}:
        raise UsageError(f"{before} and {after} have no model in common: nothing can be compared")
    verdict = CompareVerdict.of(old, new, name=before, rules=rules)
    for line in (*verdict.lines(), *verdict.annotations(environ)):
        say(line)
    summary = [*verdict.markdown(), *leaderboard_markdown(new)]
    add_step_summary(environ, summary)
    if markdown is not None:
        write_markdown(markdown, summary)
    return verdict.exit_code(inconclusive)


def _rule(text: str) -> Rule:
    try:
        return parse_rule(text)
    except ValueError as error:
        raise UsageError(f"--fail={error}") from None
