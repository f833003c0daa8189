"""Labelled answers: a reply as a model gives it, beside what a reviewer said of it.

Four sets: `corpus/flatten` was there first; `scoring/calibration` are other styles, labelled before any
weight was set; `scoring/heldout` were labelled after, and their first measurement led to changes;
`scoring/fresh` were labelled last, measured once, and have changed nothing.
"""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_llmbench.answers.extract import extract
from pytest_llmbench.scoring.analyzers.base import Analysis
from pytest_llmbench.scoring.analyzers.python import PythonAnalyzer
from pytest_llmbench.scoring.analyzers.registry import versions

TESTS = Path(__file__).parents[1]
SETS = ("corpus/flatten", "scoring/calibration", "scoring/heldout", "scoring/fresh")
AXES = ("quality", "documentation")
SNAPSHOT = TESTS / "scoring" / "python_scores.json"


@dataclass(frozen=True)
class Labelled:
    """One answer with its labels."""

    name: str
    reply: str
    label: dict[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        if "names" in self.label:
            return tuple(self.label["names"])
        return ("flatten",) if self.label.get("prompt", "flatten") == "flatten" else ()

    def off(self, axis: str, score: float) -> float:
        """Give how far a score is outside of the labelled range."""
        low, high = self.label[axis]
        return max(low - score, score - high, 0.0)


def labelled(folder: str) -> Iterator[Labelled]:
    for path in sorted((TESTS / folder).glob("*.md")):
        label = tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))
        yield Labelled(name=path.stem, reply=path.read_text("utf-8"), label=label)


async def analyses(folder: str) -> dict[str, tuple[Labelled, Analysis]]:
    """Analyze all answers of a set, by name."""
    analyzer = PythonAnalyzer()
    found = {}
    for one in labelled(folder):
        answer = extract(one.reply, language="python", names=one.names)
        found[one.name] = (one, await analyzer.analyze(answer, names=one.names))
    return found


async def current_scores() -> dict[str, Any]:
    """Give what the snapshot holds: the tools' releases, and the scores of every answer."""
    scores = {
        folder: {
            name: {axis: getattr(analysis, axis) for axis in AXES}
            for name, (_, analysis) in (await analyses(folder)).items()
        }
        for folder in SETS
    }
    return {"versions": versions(), "scores": scores}


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(asyncio.run(current_scores()), indent=1) + "\n", encoding="utf-8")
