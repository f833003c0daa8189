"""The prompt of a task: a text, a file, or a jinja2 template with what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_llmbench.errors import TaskError

_FILE_ENDINGS = (".md", ".txt", ".j2")


def render_prompt(
    prompt: str, folder: Path, *, files: Mapping[str, str], variables: Mapping[str, object]
) -> str:
    """Give the text that is sent.

    Args:
        prompt: The text itself, or a file's name: one line that ends in `.md`, `.txt` or `.j2`.
        folder: The folder of the task's file; file names are relative to it.
        files: Template variables whose values are the texts of files.
        variables: Further template variables.

    Raises:
        TaskError: A file is missing, a template is not right, or it uses a name that nobody gave.
    """
    is_file = "\n" not in prompt and prompt.endswith(_FILE_ENDINGS)
    text = _read(folder / prompt, "prompt") if is_file else prompt
    if not (prompt.endswith(".j2") or files or variables):
        return text.strip("\n")
    given = {name: _read(folder / path, f"files[{name!r}]") for name, path in files.items()}
    where = str(folder / prompt) if is_file else "the prompt"
    return _render(text, where, {**variables, **given}).strip("\n")


def numbered(text: str) -> str:
    """Number the lines of a text from 1, as a template filter: `{{ listing | numbered }}`."""
    lines = text.removesuffix("\n").split("\n")
    width = len(str(len(lines)))
    return "\n".join(f"{number:>{width}} | {line}".rstrip() for number, line in enumerate(lines, start=1))


def _read(path: Path, argument: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TaskError(f"{argument}: there is no file {path}") from None
    except UnicodeDecodeError as error:
        raise TaskError(f"{argument}: {path} is not UTF-8 ({error.reason})") from None


def _render(text: str, where: str, given: Mapping[str, object]) -> str:
    from jinja2 import Environment, StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError

    # The result is a prompt, not HTML: escaping would change the code in it.
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701
    environment.filters["numbered"] = numbered
    try:
        return environment.from_string(text).render(given)
    except TemplateSyntaxError as error:
        raise TaskError(f"{where}:{error.lineno}: {error.message}") from None
    except UndefinedError as error:
        known = ", ".join(sorted(given)) or "none"
        raise TaskError(f"{where}: {error.message}; given are: {known} (files=, variables=)") from None
    except TemplateError as error:
        raise TaskError(f"{where}: {error.message}") from None
