"""Reads a judge's reply: leniently as far as its form goes, strictly in what it has to say.

JSON is found in a code block or in the open, with the slips that models make. But an opinion has all four
axes, each with a number from 1 to 10 and a reason, or it is none; and a reply has one opinion, not several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pytest_llmbench.answers.cleaning import clean
from pytest_llmbench.answers.markdown import read
from pytest_llmbench.answers.reasoning import strip_reasoning
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.scoring.review.lenient import read_json
from pytest_llmbench.scoring.scorecard import AXES, Axis, AxisScores

MAX_REASON = 500
"""Characters of a reason that are kept."""

_MAX_LOOKED_AT = 100
"""Objects of one reply that are looked at."""


class Read(NamedTuple):
    """The scores that a judge gives, and why it gives them; `error` says why there are none."""

    axes: AxisScores = AxisScores()
    reasons: Mapping[Axis, str] = {}
    error: str | None = None


class _Mark(BaseModel):
    model_config = ConfigDict(strict=True)

    score: float = Field(ge=1, le=10, allow_inf_nan=False)
    reason: str = Field(min_length=1)


class _Marks(BaseModel):
    model_config = ConfigDict(strict=True)

    correctness: _Mark
    quality: _Mark
    documentation: _Mark
    edge_cases: _Mark


def read_opinion(reply: Completion) -> Read:
    """Give the opinion that a reply holds, or say why it holds none."""
    if reply.refused:
        return Read(error="the judge refused")
    text = strip_reasoning(clean(reply.text)).text.strip()
    cut_off = ", and the reply was cut off" if reply.truncated else ""
    if not text:
        return Read(error=f"the reply is empty{cut_off}")
    found: list[_Marks] = []
    wrong = "the reply holds no JSON object with the four axes"
    for candidate in _candidates(text):
        try:
            marks = _Marks.model_validate(candidate)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            wrong = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            continue
        if marks not in found:
            found.append(marks)
    if not found:
        return Read(error=f"{wrong}{cut_off}")
    if len(found) > 1:
        return Read(error="the reply holds several opinions that differ")
    return _marks(found[0])


def _marks(found: _Marks) -> Read:
    by_axis: dict[Axis, _Mark] = {axis: getattr(found, axis) for axis in AXES}
    return Read(
        AxisScores(**{axis: mark.score for axis, mark in by_axis.items()}),
        {axis: mark.reason.strip()[:MAX_REASON] for axis, mark in by_axis.items()},
    )


def _candidates(text: str) -> Iterator[dict[str, object]]:
    """Give the objects that name an axis: those in code blocks, or in the open where no block has one."""
    # The language decides only how a block is mended that was cut off.
    blocks = [piece.block.code for piece in read(f"{text}\n", "javascript").pieces if piece.kind == "fence"]
    in_blocks = [candidate for block in blocks for candidate in _objects(block)]
    yield from (in_blocks or _objects(text))[:_MAX_LOOKED_AT]


def _objects(text: str) -> list[dict[str, object]]:
    start = text.find("{")
    if start < 0:
        return []
    roots, _ = read_json(text[start:])
    todo, found = list(roots), list[dict[str, object]]()
    while todo and len(found) < _MAX_LOOKED_AT:
        value = todo.pop(0)
        if isinstance(value, dict) and set(AXES) & set(value):
            found.append(value)
        elif isinstance(value, dict | list):
            todo.extend(value.values() if isinstance(value, dict) else value)
    return found
