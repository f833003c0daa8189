"""Every level of isolation that works here, the runtimes that answers need, and what attacks are after.

At the end of a run the table of attacks and levels is printed, as `docs/threat-model.md` has it.
"""

import json
import os
from pathlib import Path

import pytest
from levels import any_sandbox, sandbox
from runtimes import go, javascript
from world import world

__all__ = ["any_sandbox", "go", "javascript", "sandbox", "world"]

ROWS: list[tuple[str, str, bool]] = []
"""Attack, level, and whether it was shown to work as an ordinary process of the same user."""

HANDED_ON = "LLMBENCH_TEST_ROWS"
"""Names a file to which a run under another user adds its rows."""


@pytest.fixture
def record() -> object:
    """Tells the table that an attack was contained at a level."""

    def add(attack: str, level: str, *, shown: bool) -> None:
        ROWS.append((attack, level, shown))

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    handed_on = os.environ.get(HANDED_ON)
    if handed_on:
        with Path(handed_on).open("a") as file:
            file.writelines(json.dumps(row) + "\n" for row in ROWS)
    elif ROWS:
        terminalreporter.section("attacks contained")
        terminalreporter.write_line(table(ROWS))


def table(rows: list[tuple[str, str, bool]]) -> str:
    """Attacks by levels, in Markdown."""
    levels = sorted({level for _, level, _ in rows})
    contained = {(attack, level) for attack, level, _ in rows}
    shown = {attack for attack, _, works in rows if works}
    lines = [
        f"| attack | as an ordinary process | {' | '.join(levels)} |",
        "| --- " * (len(levels) + 2) + "|",
    ]
    for attack in sorted({attack for attack, _, _ in rows}):
        marks = ["contained" if (attack, level) in contained else "" for level in levels]
        works = "works" if attack in shown else "not on this machine"
        lines.append(f"| {attack} | {works} | {' | '.join(marks)} |")
    return "\n".join(lines)
