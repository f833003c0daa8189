"""The programming languages that a task may ask for."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["python", "javascript", "typescript", "go"]

LANGUAGES: tuple[Language, ...] = get_args(Language)

SOURCE_SUFFIX: dict[Language, str] = {
    "python": ".py",
    "javascript": ".mjs",
    "typescript": ".ts",
    "go": ".go",
}
"""The ending of a solution's file, per language."""

LINE_COMMENT: dict[Language, str] = {
    "python": "#",
    "javascript": "//",
    "typescript": "//",
    "go": "//",
}
"""What starts a line comment, per language."""
