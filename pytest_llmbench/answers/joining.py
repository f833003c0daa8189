"""One module out of several blocks: what a language wants said once, or first, is said once, and first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pytest_llmbench.tasks.language import Language

_FUTURE = re.compile(r"^from __future__ import [^\n]*\n", re.MULTILINE)
_MODULE_IMPORT = re.compile(
    r"^import\b(?:[^;\"'`(=\n]|\n(?!import\b)){0,4000}+[\"'][^\"'\n]{0,500}[\"'][ \t]*;?[ \t]*\n",
    re.MULTILINE,
)
_PACKAGE = re.compile(r"^package[ \t]+\w+[^\n]*\n", re.MULTILINE)
_GO_IMPORT = re.compile(r"^import[ \t]*(?:\([^()]{0,10000}\)|[^\n(]*)[^\n]*\n", re.MULTILINE)
_GO_PATH = re.compile(r"(?:(?<![\w])(?!import\b)(\w+|\.)[ \t]+)?\"[^\"\n]*\"")


def join(codes: Sequence[str], language: Language) -> str:
    """Join blocks in their order.

    Python's `from __future__` lines move to the top, JavaScript's imports that are said already are
    left out, and Go gets one package clause and one import declaration.
    """
    if len(codes) == 1:
        return codes[0]
    return _JOINS[language](codes)


def _together(codes: Sequence[str]) -> str:
    return "\n\n".join(f"{code.strip(chr(10))}\n" for code in codes)


def _join_python(codes: Sequence[str]) -> str:
    first, later = codes[0], codes[1:]
    future = dict.fromkeys(line for code in later for line in _FUTURE.findall(code))
    missing = [line for line in future if line not in first]
    return "".join(missing) + _together([first, *(_FUTURE.sub("", code) for code in later)])


def _join_javascript(codes: Sequence[str]) -> str:
    said: set[str] = set()

    def once(found: re.Match[str]) -> str:
        line = " ".join(found[0].split()).rstrip("; ")
        if line in said:
            return ""
        said.add(line)
        return found[0]

    return _together([_MODULE_IMPORT.sub(once, code) for code in codes])


def _join_go(codes: Sequence[str]) -> str:
    package = next((found[0] for code in codes if (found := _PACKAGE.search(code))), "package main\n")
    imports = [
        path[0]
        for code in codes
        for statement in _GO_IMPORT.finditer(code)
        for path in _GO_PATH.finditer(statement[0])
    ]
    bodies = [_GO_IMPORT.sub("", _PACKAGE.sub("", code, count=1)) for code in codes]
    declared = "".join(f"\t{path}\n" for path in dict.fromkeys(imports))
    head = [package] + ([f"import (\n{declared})\n"] if declared else [])
    return _together([*head, *(body for body in bodies if body.strip())])


_JOINS: dict[Language, Callable[[Sequence[str]], str]] = {
    "python": _join_python,
    "javascript": _join_javascript,
    "typescript": _join_javascript,
    "go": _join_go,
}
