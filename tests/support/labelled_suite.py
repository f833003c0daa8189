"""The labelled answers to the tasks of the built-in suite: what the snapshot holds of their scores.

After a change of scoring that is meant, `python tests/support/labelled_suite.py` writes it anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_llmbench.scoring.analyzers.registry import versions
from pytest_llmbench.scoring.scorecard import AXES

if TYPE_CHECKING:
    from agreement import Judged

TESTS = Path(__file__).parents[1]
BENCHMARKS = TESTS.parent / "benchmarks"
FOLDERS = ("corpus", "scoring/own")
SNAPSHOT = TESTS / "scoring" / "suite_scores.json"

HAIR = 0.011
NEAR = 0.5
"""How far a score may move with another release of an analyzer, or where a check is of time."""


def judge_folder(folder: str) -> list[Judged]:
    """Judge a folder's answers as the calibration does."""
    if str(BENCHMARKS) not in sys.path:
        sys.path.insert(0, str(BENCHMARKS))
    from calibration import judge_all

    return judge_all(TESTS / folder, [])


def snapshot(folders: Mapping[str, Iterable[Judged]]) -> dict[str, Any]:
    """Give what the snapshot holds of judged answers."""
    scores = {
        f"{folder}/{one.task}/{one.name}": {
            **{axis: round(getattr(one.axes, axis), 2) for axis in AXES},
            "total": round(one.total, 2),
            "failed": list(one.failed),
        }
        for folder, answers in folders.items()
        for one in answers
    }
    return {"versions": versions(), "scores": scores}


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Say where scores are not what they were.

    A check of time may turn out otherwise where an answer is about as slow as is allowed. What is checked
    is the same with any release of the analyzers; what they find may differ a little.
    """
    found = [f"{name}: {what}" for name, what in _moved(before["scores"], now["scores"])]
    same_tools = before["versions"] == now["versions"]
    for name in before["scores"].keys() & now["scores"].keys():
        was, is_ = before["scores"][name], now["scores"][name]
        late = was["failed"] != is_["failed"]
        if _timeless(was["failed"]) != _timeless(is_["failed"]):
            found.append(f"{name}: failed {was['failed']}, fails {is_['failed']}")
        room = HAIR if same_tools and not late else NEAR
        found += [
            f"{name}: {axis} was {was[axis]}, is {is_[axis]}"
            for axis in (*AXES, "total")
            if abs(is_[axis] - was[axis]) > room
        ]
    return sorted(found)


def _moved(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield from ((name, "is not there any more") for name in before.keys() - now.keys())
    yield from ((name, "is new") for name in now.keys() - before.keys())


def _timeless(labels: Iterable[str]) -> list[str]:
    return [label for label in labels if not label.endswith("in time")]


if __name__ == "__main__":
    written = snapshot({folder: judge_folder(folder) for folder in FOLDERS})
    SNAPSHOT.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
