"""From a decorated function to a `Task`: reads the prompt, the solutions and the harness beside it."""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pytest_llmbench.errors import TaskError
from pytest_llmbench.tasks.decorator import ATTRIBUTE, Declaration
from pytest_llmbench.tasks.language import SOURCE_SUFFIX, Language
from pytest_llmbench.tasks.prompt import render_prompt
from pytest_llmbench.tasks.solutions import find_solutions
from pytest_llmbench.tasks.task import DEFAULT_MAX_TOKENS, Task, TaskLimits

BODY_ARGUMENTS = ["candidate", "score"]
_LISTENS = r"\.listen\(|\bnet\.Listen|\bhttptest\.New(?:Unstarted|TLS)?Server\b"


def build_task(function: Callable[..., Any], path: Path) -> Task:
    """Read a task.

    Args:
        function: A function that `@llm_task` has decorated.
        path: The file that it stands in.

    Raises:
        TaskError: The declaration, the prompt or a solution is not right. The text does not name
            the function: whoever collects it knows it.
    """
    declaration: Declaration = getattr(function, ATTRIBUTE)
    if declaration.problems:
        raise TaskError("; ".join(declaration.problems))
    _refuse_other_bodies(function)
    given = declaration.arguments
    language: Language = given["language"]
    task_id = function.__name__.removeprefix("test_")
    harness = _harness(path.parent, language)
    nodes = list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))))
    prompt = render_prompt(given["prompt"], path.parent, files=given["files"], variables=given["variables"])
    task = Task(
        id=task_id,
        title=given["title"],
        language=language,
        suite=_suite(path),
        prompt=prompt,
        body=function,
        path=path,
        names=_names(given["names"], nodes, harness),
        tags=given["tags"],
        max_tokens=given["max_tokens"] or DEFAULT_MAX_TOKENS,
        limits=TaskLimits(**given["limits"]),
        solutions=find_solutions(path.parent, task_id, language),
        harness=harness,
        loopback=_needs_loopback(nodes, harness),
    )
    return task.model_copy(update={"hash": _hash(task)})


def _suite(path: Path) -> str:
    """A suite is a folder of tasks; a task has a folder of its own in it."""
    return path.parent.parent.name or path.parent.name


def _refuse_other_bodies(function: Callable[..., Any]) -> None:
    if not inspect.iscoroutinefunction(function):
        raise TaskError("a task's body is a coroutine function: write 'async def'")
    found = list(inspect.signature(function).parameters)
    if found != BODY_ARGUMENTS:
        extra = [name for name in found if name not in BODY_ARGUMENTS]
        what = f"asks for {', '.join(map(repr, extra))}" if extra else f"takes ({', '.join(found)})"
        raise TaskError(
            f"a task's body takes (candidate, score) and nothing else, this one {what}; a plain test that"
            " needs pytest's fixtures can ask a model through the 'llm' fixture"
        )


def _harness(folder: Path, language: Language) -> str | None:
    suffix = ".mjs" if language == "typescript" else SOURCE_SUFFIX[language]
    path = folder / f"harness{suffix}"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _names(given: tuple[str, ...] | None, nodes: Sequence[ast.AST], harness: str | None) -> tuple[str, ...]:
    """Without a word from the author: what the body calls, unless a harness may define it."""
    if given is not None:
        return given
    return () if harness is not None else tuple(dict.fromkeys(_called(nodes)))


def _called(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(attr="call" | "observe"), args=[ast.Constant(value=str(name)), *_]
            ):
                yield name
            case _:
                pass


def _needs_loopback(nodes: Sequence[ast.AST], harness: str | None) -> bool:
    """Whether answers are asked over HTTP, or the harness listens; not every level can give that."""
    asks = any(isinstance(node, ast.Attribute) and node.attr == "request" for node in nodes)
    return asks or (harness is not None and re.search(_LISTENS, harness) is not None)


def _hash(task: Task) -> str:
    """All that decides what is asked and how it is judged; the solutions decide neither."""
    parts = [
        task.model_dump_json(include={"id", "language", "prompt", "names", "max_tokens", "limits"}),
        task.path.read_text(encoding="utf-8"),
        task.harness or "",
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
