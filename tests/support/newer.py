"""JSON as a newer release might write it: each object has a key that this one does not know."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

MAPS = frozenset(
    "versions weights caps costs request extra_body returned agreement reasons texts headers".split()  # noqa: SIM905
)
"""Objects whose keys are data."""


def newer(value: Any, maps: Collection[str] = MAPS, key: str = "") -> Any:
    """Give the same with more keys, at every level."""
    if isinstance(value, list):
        return [newer(each, maps, key) for each in value]
    if not isinstance(value, dict):
        return value
    if key in maps:
        # What is below a map's keys has no name of its own.
        return {name: newer(each, maps) for name, each in value.items()}
    return {**{name: newer(each, maps, name) for name, each in value.items()}, "added_later": {"deep": [1]}}


def make_newer(path: Path) -> None:
    """Change a file to one of a newer release."""
    path.write_text(json.dumps(newer(json.loads(path.read_text("utf-8")))), encoding="utf-8")
