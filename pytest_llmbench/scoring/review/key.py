"""The key of a review task: the faults that were planted in a listing, and the sound code beside them.

A TOML file beside the task's, which nothing but the judge reads:

    [[fault]]
    id = "path-traversal"
    lines = [147, 147]            # first and last line at fault
    also = [[140, 146]]           # further places where a remark on it may stand (optional)
    weight = 4                    # what finding it counts for
    words = ["travers", "../"]    # beginnings of words, of which a remark on it uses one

    [[sound]]
    id = "loop-variable"
    lines = [119, 123]
    words = ["capture"]
    why = "each iteration has its own variable"
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError

from pytest_llmbench.errors import TaskError
from pytest_llmbench.values import Value

SLACK = 2
"""Lines that a remark may be off, either way: a listing's reader miscounts."""

Region = tuple[int, int]

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")  # noqa: RUF001 - these are what is replaced


class _Spot(Value):
    """A place of the listing, and the words that tell that a remark speaks of it."""

    id: str
    lines: Region
    also: tuple[Region, ...] = ()
    words: tuple[str, ...] = Field(min_length=1)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_beginning, self.words)))

    def distance(self, first: int, last: int) -> int | None:
        """How far lines are from the place: 0 in it, 1 in `also`, 2 within the slack; None beyond."""
        if _overlap((first, last), self.lines, 0):
            return 0
        if any(_overlap((first, last), region, 0) for region in self.also):
            return 1
        near = any(_overlap((first, last), region, SLACK) for region in (self.lines, *self.also))
        return 2 if near else None

    def named_in(self, text: str) -> bool:
        """Whether a text (given by `plain`) uses one of the words."""
        return self._pattern.search(text) is not None


class Fault(_Spot):
    """One planted fault."""

    weight: float = Field(gt=0)


class Sound(_Spot):
    """Sound code that a careless reviewer takes for a fault; `why` says why it is none."""

    why: str


class ReviewKey(Value):
    """All that is known of a listing."""

    fault: tuple[Fault, ...] = Field(min_length=1)
    sound: tuple[Sound, ...] = ()

    @property
    def weight(self) -> float:
        """What all faults weigh together."""
        return sum(fault.weight for fault in self.fault)


def load_key(path: Path) -> ReviewKey:
    """Read a key.

    Raises:
        TaskError: It cannot be read, or is not a key; the text names the file and what is wrong.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        return ReviewKey.model_validate(given)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise TaskError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise TaskError(f"{path}: {where}: {first['msg']}") from None


def plain(text: str) -> str:
    """A text as words are looked up in it: one case, one kind of dash, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).lower().split())


def _beginning(word: str) -> str:
    """What a word's beginning looks like; one that starts with a sign may stand anywhere."""
    word = plain(word)
    return (r"(?<!\w)" if word[:1].isalnum() else "") + re.escape(word).replace(r"\ ", " ?")


def _overlap(lines: Region, region: Region, slack: int) -> bool:
    return lines[0] <= region[1] + slack and lines[1] >= region[0] - slack
