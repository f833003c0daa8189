"""`@llm_task`: declares a test function to be a task, and leaves the function as it is.

A mistake in the declaration is kept as a value and told at collection, where it becomes one clear
line for the file at fault; raised at import it would be a traceback.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pytest_llmbench.tasks.language import LANGUAGES
from pytest_llmbench.values import Value

F = TypeVar("F", bound=Callable[..., Any])

ATTRIBUTE = "__llm_task__"
"""Where a decorated function carries its `Declaration`."""

ARGUMENTS = (
    "title",
    "language",
    "prompt",
    "files",
    "variables",
    "names",
    "tags",
    "max_tokens",
    "cpu_s",
    "call_timeout_s",
    "memory_mb",
    "limits",
)
_LIMITS = {"cpu_s": False, "call_timeout_s": False} | dict.fromkeys(
    ("memory_mb", "processes", "open_files", "file_mb", "tmp_mb", "output_kb"), True
)
"""What `limits` may hold, and whether it is a whole number."""


class Declaration(Value):
    """The arguments of one `@llm_task`, and what is wrong with them."""

    arguments: dict[str, Any]
    problems: tuple[str, ...] = ()


def llm_task(  # noqa: PLR0913 - the arguments are the format of a task
    *,
    title: str,
    language: str,
    prompt: str,
    files: Mapping[str, str] | None = None,
    variables: Mapping[str, object] | None = None,
    names: Sequence[str] | None = None,
    tags: Sequence[str] = (),
    max_tokens: int | None = None,
    cpu_s: float | None = None,
    call_timeout_s: float | None = None,
    memory_mb: int | None = None,
    limits: Mapping[str, float] | None = None,
    **unknown: object,
) -> Callable[[F], F]:
    """Declare a coroutine function `test_NAME(candidate, score)` to be the task NAME.

    Args:
        title: What people call the task.
        language: "python", "javascript", "typescript" or "go".
        prompt: The prompt's text, or the name of a file beside the task's (one line that ends in
            ``.md``, ``.txt`` or ``.j2``).
        files: Template variables read from files beside the task's: name to file name. They make
            the prompt a jinja2 template.
        variables: Template variables; they make the prompt a jinja2 template too.
        names: What an answer has to define. Left out, they are the names that the body calls.
        tags: Words that group tasks in the report, for example "hard" or "review".
        max_tokens: The limit of output tokens (4096).
        cpu_s: CPU seconds that one process of the candidate may use (10).
        call_timeout_s: Wall seconds that one call may take (10).
        memory_mb: Memory of the candidate's processes together, in MiB (512).
        limits: Any of the three above, and what is set more rarely: ``processes`` (64), ``open_files``
            (256), ``file_mb`` (64), ``tmp_mb`` (64; /work has twice that, /dev/shm a quarter) and
            ``output_kb`` (64, what is kept of what it prints).
        **unknown: Any other argument is refused by name, when the file is collected.

    Returns:
        A decorator that gives the function back unchanged, so that pytest's marks work above it
        and below it.
    """
    given: dict[str, Any] = {
        "title": title,
        "language": language,
        "prompt": prompt,
        "files": files or {},
        "variables": variables or {},
        "names": None if names is None else _as_tuple(names),
        "tags": _as_tuple(tags),
        "max_tokens": max_tokens,
    }
    arguments = {"cpu_s": cpu_s, "call_timeout_s": call_timeout_s, "memory_mb": memory_mb}
    named = {name: value for name, value in arguments.items() if value is not None}
    listed = _as_dict(limits)
    given["limits"] = {**listed, **named}
    twice = sorted(named.keys() & listed.keys())

    def decorate(function: F) -> F:
        declaration = Declaration(arguments=given, problems=(*_problems(given, unknown), *map(_twice, twice)))
        setattr(function, ATTRIBUTE, declaration)
        return function

    return decorate


def _as_dict(limits: object) -> dict[str, Any]:
    """The limits by name; what is no mapping is kept under a name that is refused."""
    if limits is None:
        return {}
    return dict(limits) if isinstance(limits, Mapping) else {"limits": limits}


def _as_tuple(words: Sequence[str]) -> tuple[str, ...]:
    """One word may stand without brackets; it is not a sequence of letters."""
    return (words,) if isinstance(words, str) else tuple(words)


def _problems(given: Mapping[str, Any], unknown: Mapping[str, object]) -> tuple[str, ...]:
    problems = [_unknown_argument(name) for name in unknown]
    if given["language"] not in LANGUAGES:
        problems.append(f"language={given['language']!r}: one of {', '.join(LANGUAGES)} is needed")
    if given["max_tokens"] is not None and not _positive(given["max_tokens"], whole=True):
        problems.append(f"max_tokens={given['max_tokens']!r}: a whole number above 0 is needed")
    problems += filter(None, (_limit_problem(name, value) for name, value in given["limits"].items()))
    problems += [
        f"{name}={given[name]!r}: names with their values are needed, as a dict"
        for name in ("files", "variables")
        if not isinstance(given[name], Mapping)
    ]
    problems += [
        f"{name}={given[name]!r}: texts are needed"
        for name in ("names", "tags")
        if not all(isinstance(word, str) and word for word in given[name] or ())
    ]
    problems += [
        f"{name}={given[name]!r}: a text is needed"
        for name in ("title", "prompt")
        if not isinstance(given[name], str) or not given[name].strip()
    ]
    return tuple(problems)


def _limit_problem(name: str, value: object) -> str | None:
    if name == "limits":
        return f"limits={value!r}: names with their values are needed, as a dict"
    if name not in _LIMITS:
        near = get_close_matches(name, _LIMITS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(_LIMITS)}"
        return f"limits: unknown key {name!r}; {hint}"
    whole = _LIMITS[name]
    if not _positive(value, whole=whole):
        return f"{name}={value!r}: a {'whole ' if whole else ''}number above 0 is needed"
    return None


def _twice(name: str) -> str:
    return f"{name} is given twice: once by itself, once in limits"


def _positive(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return False
    return 0 < value < math.inf


def _unknown_argument(name: str) -> str:
    near = get_close_matches(name, ARGUMENTS, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(ARGUMENTS)}"
    return f"unknown argument {name!r}; {hint}"
