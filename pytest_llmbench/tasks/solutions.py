"""A task's own solutions: references that must score well, and faulty ones that a check must catch."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pytest_llmbench.errors import TaskError
from pytest_llmbench.tasks.language import LINE_COMMENT, SOURCE_SUFFIX, Language
from pytest_llmbench.values import Value

SOLUTIONS_FOLDER = "solutions"


class Solution(Value):
    """One file of a task's `solutions/` folder.

    `caught_by` are the labels of checks, or names of axes, that have to catch a faulty solution;
    a reference has none. `reply` is True where the file is a whole Markdown reply and not bare code.
    """

    name: str
    kind: Literal["reference", "faulty"]
    path: Path
    text: str
    caught_by: tuple[str, ...] = ()
    reply: bool = False


def find_solutions(folder: Path, task_id: str, language: Language) -> tuple[Solution, ...]:
    """Read the solutions beside a task's file.

    Args:
        folder: The folder of the task's file. `solutions/` holds them, or, where several tasks
            share the folder, `solutions/TASK_ID/`.
        task_id: The task's id.
        language: The task's language, which decides on the files' ending. A `.md` file is a whole
            reply as a model would give it, for tasks whose prompt asks for prose or for two blocks.

    Returns:
        The references first, then the faulty solutions, each by name; empty where there are none.

    Raises:
        TaskError: A faulty solution does not say what has to catch it, or a file has a name that
            starts with neither `reference` nor `faulty_`.
    """
    home = folder / SOLUTIONS_FOLDER
    if (home / task_id).is_dir():
        home /= task_id
    if not home.is_dir():
        return ()
    files = sorted(p for p in home.iterdir() if p.suffix in (SOURCE_SUFFIX[language], ".md") and p.is_file())
    found = [_read(path, language) for path in files]
    return tuple(sorted(found, key=lambda s: (s.kind != "reference", s.name)))


def _read(path: Path, language: Language) -> Solution:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TaskError(f"{path} is not UTF-8 ({error.reason})") from None
    reply = path.suffix == ".md"
    if path.name.startswith("reference"):
        return Solution(name=path.stem, kind="reference", path=path, text=text, reply=reply)
    if path.name.startswith("faulty_"):
        caught_by, text = _caught_by(path, text, "<!--" if reply else LINE_COMMENT[language])
        return Solution(name=path.stem, kind="faulty", path=path, text=text, reply=reply, caught_by=caught_by)
    raise TaskError(f"{path}: a solution's name starts with 'reference' or with 'faulty_'")


def _caught_by(path: Path, text: str, comment: str) -> tuple[tuple[str, ...], str]:
    """Take the first comment off a faulty solution: it is for the proof, no judge may see it."""
    first, _, rest = text.partition("\n")
    pattern = re.escape(comment) + r"\s*caught by:(?P<what>.+?)(?:-->)?\s*"
    match = re.fullmatch(pattern, first)
    names = tuple(part.strip() for part in match["what"].split(";") if part.strip()) if match else ()
    if not names:
        raise TaskError(
            f"{path}:1: the first line of a faulty solution says what has to catch it, for example"
            f" '{comment} caught by: keeps a string whole' (a check's label, or an axis; several with ';')"
        )
    return names, rest
