"""Fences that CommonMark ends too early or too late, where it is plain what was meant.

- Too early: a string of Python code (a docstring, a Markdown template) holds a line that looks like
  a closing fence. The code then ends inside that string, and the real end is the first closing fence
  behind the string's.
- Too late: the closing fence is missing, has words behind it, or stands behind the last line of code.
  The code then holds a line that starts or ends with the fence's own marker, outside of any string;
  no language that we ask for has such a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from pytest_llmbench.answers.names.masking import mask_python
from pytest_llmbench.answers.names.python import parsed
from pytest_llmbench.answers.tags import is_known

MAX_REPAIRS = 8
"""Repairs of one reply: behind each the rest is parsed again, so a constant keeps the cost linear."""

MAX_SEARCHES = 16
MAX_ENDS = 6
"""Blocks of one reply for which a later end is looked for, and closing fences that are tried for each."""


class Repair(NamedTuple):
    """Where code really ends (before line `end`, from 0), and where reading goes on.

    `glued` where its last line has the closing fence at its end.
    """

    end: int
    resume: int
    note: str
    glued: bool = False


class Repairer:
    """Finds the real ends of the fenced blocks of one reply.

    Args:
        lines: The lines of the reply.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._repairs_left = MAX_REPAIRS
        self._searches_left = MAX_SEARCHES

    def repair(self, start: int, end: int, marker: str, limit: int, *, as_python: bool) -> Repair | None:
        """Find the real end of a block that stands in no list or quote.

        Args:
            start: The block's first line of code.
            end: The line behind its last one, as the parser has it.
            marker: The opening markers.
            limit: The line that no block reaches.
            as_python: Whether the code is to be read as Python, whose strings may hold fences.

        Returns:
            The repair; None where the parser was right, or where nothing better is plain.
        """
        if not self._repairs_left:
            return None
        code = "".join(f"{line}\n" for line in self._lines[start:end])
        masked = mask_python(code) if as_python else None
        if masked is not None and masked.open:
            repair = self._later_end(start, end, marker, limit)
        else:
            repair = _earlier_end((masked.text if masked else code).split("\n"), self._lines, start, marker)
        self._repairs_left -= repair is not None
        return repair

    def _later_end(self, start: int, end: int, marker: str, limit: int) -> Repair | None:
        if not self._searches_left:
            return None
        self._searches_left -= 1
        closing = _closing(marker)
        ends = (number for number in range(end + 1, limit) if closing.match(self._lines[number]))
        for number in islice(ends, MAX_ENDS):
            masked = mask_python("".join(f"{line}\n" for line in self._lines[start:number]))
            if not masked.open and parsed(masked.text) is not None:
                note = "a fence inside a string did not end the code"
                return Repair(end=number, resume=number + 1, note=note)
        return None


def _earlier_end(visible: Sequence[str], lines: Sequence[str], start: int, marker: str) -> Repair | None:
    fence = re.compile(rf" {{0,3}}{re.escape(marker)}+([ \t]*)")
    for number, line in enumerate(visible, start):
        if marker not in line:
            continue
        found = fence.match(line)
        if found is not None and (not found[1] or is_known(lines[number][found.end() :])):
            note = "a fence was opened before the last one was closed"
            return Repair(end=number, resume=number, note=note)
        if found is not None:
            return Repair(end=number, resume=number + 1, note="words stand behind a fence")
        if line.rstrip().endswith(marker) and line.count(marker[0]) == len(marker):
            note = "the closing fence stands in a line of code"
            return Repair(end=number + 1, resume=number + 1, note=note, glued=True)
    return None


def _closing(marker: str) -> re.Pattern[str]:
    return re.compile(rf" {{0,3}}{re.escape(marker)}{re.escape(marker[0])}*[ \t]*\Z")
