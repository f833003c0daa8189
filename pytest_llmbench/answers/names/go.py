"""Go's names: a tolerant look at its top-level declarations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_llmbench.answers.names.masking import mask_go
from pytest_llmbench.answers.names.outline import outline
from pytest_llmbench.answers.names.survey import Survey

_FUNCTION = re.compile(
    r"^func[ \t]+(?:\([^()\n]*?\*?(\w+)(?:\[[^\]\n]*\])?[ \t]*\)[ \t]*)?(\w+)", re.MULTILINE
)
_SINGLE = re.compile(r"^(?:type|var|const)[ \t]+(\w+)", re.MULTILINE)
_GROUP = re.compile(r"^(?:type|var|const)[ \t]*\([ \t]*\n((?:[ \t]+[^\n]*+\n|\n)*+)", re.MULTILINE)
_GROUP_MEMBER = re.compile(r"^(?:\t|[ ]{1,4})(\w+)", re.MULTILINE)
_IMPORT = re.compile(r"^import[ \t]*(?:\([^()]{0,10000}\)|[^\n]*)", re.MULTILINE)
_PATH = re.compile(r"(?:(\w+)[ \t]+)?\"([^\"\n]*)\"")
_PACKAGE = re.compile(r"^package[ \t]+\w+", re.MULTILINE)

_USED = re.compile(r"(?<![\w.])([A-Za-z_]\w*+)(?![ \t]*:(?!=))")
_BOUND_SHORT = re.compile(r"(\w+(?:[ \t]*,[ \t]*\w+){0,20})[ \t]*:=")
_BOUND_NAME = re.compile(r"\b(?:var|const|type|func)[ \t]+(\w+)")
_BOUND_PARAMETERS = re.compile(r"\bfunc\b[^{}\n]{0,1000}")
_PARAMETER = re.compile(r"[(,][ \t]*(\w+)")

_WORDS_AND_TYPES = """
break case chan const continue default defer else fallthrough for func go goto if import interface map package
range return select struct switch type var any bool byte comparable complex64 complex128 error float32 float64
int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap
clear close copy delete len make max min new panic print println recover real imag
"""
_WORDS = frozenset(_WORDS_AND_TYPES.split())


def survey_go(code: str) -> Survey:
    """Survey Go code; never raises."""
    masked = mask_go(code)
    text = _PACKAGE.sub("", _IMPORT.sub("", masked.text))
    imports = frozenset(_imported(code, masked.text))
    return Survey(
        defines=frozenset(_defined(text)),
        imports=imports,
        uses=frozenset(_USED.findall(text)) - frozenset(_bound(text)) - imports - _WORDS,
        blank=not masked.text.strip(),
        open=masked.open,
    )


def _imported(code: str, masked: str) -> Iterator[str]:
    """The packages' names; the paths are strings, so they are read from the code itself."""
    for statement in _IMPORT.finditer(masked):
        for alias, path in _PATH.findall(code, statement.start(), statement.end()):
            yield alias if alias and alias != "import" else path.rpartition("/")[2]


def _defined(text: str) -> Iterator[str]:
    """Top-level names; a method's is `Type.Method`."""
    top = outline(text)
    for receiver, name in _FUNCTION.findall(text):
        yield f"{receiver}.{name}" if receiver else name
    yield from _SINGLE.findall(top)
    for members in _GROUP.findall(text):
        yield from _GROUP_MEMBER.findall(members)


def _bound(text: str) -> Iterator[str]:
    yield from _BOUND_NAME.findall(text)
    for names in _BOUND_SHORT.findall(text):
        yield from (name.strip() for name in names.split(","))
    for signature in _BOUND_PARAMETERS.findall(text):
        yield from _PARAMETER.findall(signature)
