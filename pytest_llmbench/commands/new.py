"""Writes a new task that proves itself at once, so that an author edits something that works."""

from __future__ import annotations

import keyword
import re
from difflib import get_close_matches
from pathlib import Path

from pytest_llmbench.commands.reserved import RESERVED
from pytest_llmbench.errors import UsageError
from pytest_llmbench.tasks.language import LANGUAGES, Language

_TEMPLATES = Path(__file__).parent / "templates"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 60


def new_task(name: str, language: str, folder: Path) -> list[Path]:
    """Write a task's folder: its file, its prompt, a reference and two faulty solutions.

    Args:
        name: The task's id.
        language: The language that answers are written in.
        folder: Where the task's own folder is made.

    Returns:
        The files, in the order in which an author would read them.

    Raises:
        UsageError: The name or the language will not do, or something of that name is there already.
    """
    chosen = _language(language)
    _check_name(name, chosen)
    home = folder / name
    if home.exists() or home.is_symlink():
        raise UsageError(f"{home} is there already: choose another name, or remove it")
    texts = {home / path: text for path, text in _texts(name, chosen).items()}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{home} cannot be written: {error.strerror}") from None
    return list(texts)


def _language(given: str) -> Language:
    known = [language for language in LANGUAGES if any((_TEMPLATES / language).glob("*.txt"))]
    for language in known:
        if language == given:
            return language
    near = get_close_matches(given, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)} is needed"
    raise UsageError(f"--language={given}: {hint}")


def _check_name(name: str, language: Language) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(f"{name!r}: a task's id is a Python name in lower case, such as second_largest")
    if len(name) > _LONGEST:
        raise UsageError(f"{name!r}: a task's id has at most {_LONGEST} characters, such as second_largest")
    if _function(name, language) in RESERVED[language]:
        raise UsageError(f"{name!r}: {language} has a {name!r} of its own; take another, such as my_{name}")


def _texts(name: str, language: Language) -> dict[str, str]:
    """Fill in the templates: `NAME` is the task's id, `FUNCTION` the same in the language's own style."""
    home = _TEMPLATES / language
    found = sorted(
        home.rglob("*.txt"), key=lambda path: (path.parent != home, path.name.startswith("faulty"), path)
    )
    return {
        str(path.relative_to(home).with_suffix("")).replace("NAME", name): _filled(path, name, language)
        for path in found
    }


def _filled(path: Path, name: str, language: Language) -> str:
    text = path.read_text(encoding="utf-8")
    return text.replace("FUNCTION", _function(name, language)).replace("NAME", name)


def _function(name: str, language: Language) -> str:
    first, *rest = name.split("_")
    camel = first + "".join(word.capitalize() for word in rest)
    return {"python": name, "go": camel[:1].upper() + camel[1:]}.get(language, camel)
