"""The words by which runs are called: names of baselines, files, and `latest`."""

from __future__ import annotations

import re

LATEST = "latest"
"""Calls the latest run; so no baseline is called that."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,99}")


def run_name(text: str) -> str:
    """Check a name that a run is to be found by.

    Raises:
        ValueError: It is none; the text says what would be right.
    """
    if not _NAME.fullmatch(text) or text == LATEST or is_file_name(text):
        raise ValueError(f"{text!r}: a baseline's name is letters, digits and . _ + @ -, such as main")
    return text


def is_file_name(text: str) -> bool:
    """Whether a word means a file, also where there is none."""
    return text.endswith(".json") or "/" in text
