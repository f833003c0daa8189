"""What a fence's info string says about the language: one canonical name for all the ways to write it."""

from __future__ import annotations

import re

from pytest_llmbench.answers.answer import Answer, Block

_ALIASES = {
    "py": "python",
    "py3": "python",
    "js": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "jsx": "javascript",
    "node": "javascript",
    "nodejs": "javascript",
    "ecmascript": "javascript",
    "es6": "javascript",
    "ts": "typescript",
    "mts": "typescript",
    "cts": "typescript",
    "tsx": "typescript",
    "golang": "go",
    "json5": "json",
    "jsonc": "json",
    "sh": "bash",
    "shell": "bash",
    "zsh": "bash",
    "md": "markdown",
}

_KNOWN = {"text", "plaintext", "html", "css", "sql", "yaml", "toml"}

_FILE_ENDINGS = {"py", "js", "mjs", "cjs", "ts", "mts", "cts", "go", "json", "sh", "md"}

_WORD = re.compile(r"\{?\s*\.?(?:lang(?:uage)?[-=])?[\"']?([^\s{}\[\](),:;=\"']*)")
_PYTHON = re.compile(r"python[\d.]*\Z")


def language_of(info: str) -> str:
    """Give the language that an info string names.

    Args:
        info: What stands behind the opening markers: `python`, `Python3`, `py title="x.py"`,
            `{.python .numberLines}`, `js{1,3}`, `ts:src/app.ts`, `report.mjs`.

    Returns:
        "python", "javascript", "typescript", "go", "json", "bash" or "markdown"; any other tag in
        lower case; "" where there is none.
    """
    found = _WORD.match(info.strip())
    word = found[1].lower() if found else ""
    if _PYTHON.match(word):
        return "python"
    stem, dot, ending = word.rpartition(".")
    if dot and stem and ending in _FILE_ENDINGS:
        word = ending
    return _ALIASES.get(word, word)


def is_known(info: str) -> bool:
    """Tell an info string from words that only stand behind a fence."""
    return len(info.split()) == 1 and language_of(info) in {"python", *_ALIASES.values(), *_KNOWN}


def blocks_of(answer: Answer, language: str) -> tuple[Block, ...]:
    """Give the blocks of a reply that are tagged with a language, in order.

    Args:
        answer: What was found in the reply.
        language: A language by any of its names, "js" as well as "javascript".
    """
    wanted = language_of(language)
    return tuple(block for block in answer.blocks if block.language == wanted)
