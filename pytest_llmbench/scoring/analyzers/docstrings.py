"""A docstring taken apart: Google, NumPy, Sphinx and Epydoc forms, and plain prose.

The parser is one pass over lines. What has no form is prose, and prose is judged by what it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from pytest_llmbench.scoring.analyzers.wording import sentences
from pytest_llmbench.values import Value

Section = Literal["prose", "params", "returns", "raises", "example", "skipped"]

_HEADERS: dict[str, Section] = {
    **dict.fromkeys(
        ("args", "arguments", "parameters", "params", "attributes", "other parameters"), "params"
    ),
    **dict.fromkeys(("keyword args", "keyword arguments", "type parameters", "type args"), "params"),
    **dict.fromkeys(("returns", "return", "yields", "yield"), "returns"),
    **dict.fromkeys(("raises", "raise", "throws", "exceptions", "except"), "raises"),
    **dict.fromkeys(("example", "examples", "usage", "doctest", "doctests"), "example"),
    **dict.fromkeys(("note", "notes", "warning", "warnings", "caution", "see also", "references"), "prose"),
    **dict.fromkeys(("complexity", "time complexity", "space complexity", "performance"), "prose"),
    **dict.fromkeys(("author", "authors", "version", "since", "license", "copyright"), "skipped"),
}
_HEADER = re.compile(r"[*#_ ]*(?P<name>[A-Za-z][A-Za-z ]{2,24}?)[*_ ]*:[*_]*\s*(?P<rest>.*)")
_BARE_HEADER = re.compile(r"#+\s*(?P<name>[A-Za-z ]{3,25})|\*\*(?P<bold>[A-Za-z ]{3,25})\*\*")
_UNDERLINE = re.compile(r"[-=~]{3,}")
_ENTRY = re.compile(
    r"(?:[-*•]\s+)?[`*]{0,2}(?P<name>[*]{0,2}[A-Za-z_][\w.]*)[`*]{0,2}"
    r"\s*(?:\((?P<type>[^)]*)\)\s*)?(?::|\s--?\s|\s[\u2013\u2014]\s)\s*(?P<text>.*)"
)
_NUMPY_ENTRY = re.compile(r"(?P<names>[*]{0,2}\w+(?:\s*,\s*[*]{0,2}\w+)*)\s*(?::.*)?")
_FIELD = re.compile(r"[:@](?P<tag>[a-z]+)(?:\s+(?P<what>[^:]*))?:\s*(?P<text>.*)")
_FIELD_SECTIONS: dict[str, Section] = {
    **dict.fromkeys(("param", "parameter", "arg", "argument", "key", "keyword"), "params"),
    **dict.fromkeys(("return", "returns", "yield", "yields"), "returns"),
    **dict.fromkeys(("raise", "raises", "except", "exception", "throws"), "raises"),
    **dict.fromkeys(("type", "rtype", "vartype"), "skipped"),
}
_RESULT_TYPE = re.compile(r"[\w\[\], .|]{1,60}:\s+(?=\S)")


class DocText(Value):
    """What a docstring holds. `prose` are the sentences outside of its sections."""

    summary: str = ""
    prose: tuple[str, ...] = ()
    params: dict[str, str] = Field(default_factory=dict)
    returns: str | None = None
    raises: dict[str, str] = Field(default_factory=dict)
    example: str = ""

    @property
    def all_sentences(self) -> list[str]:
        """All that is said, in sections and outside of them."""
        sections = [*self.params.values(), self.returns or "", *self.raises.values()]
        return [self.summary, *self.prose, *(said for text in sections for said in sentences(text))]

    @property
    def all_prose(self) -> str:
        """The summary and the prose as one text."""
        return " ".join([self.summary, *self.prose])


@dataclass
class _Parts:
    prose: list[str] = field(default_factory=list)
    params: dict[str, list[str]] = field(default_factory=dict)
    returns: list[str] = field(default_factory=list)
    raises: dict[str, list[str]] = field(default_factory=dict)
    example: list[str] = field(default_factory=list)


class _Parser:
    """Reads a docstring line by line; holds the section that it is in and the entry that goes on."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._section: Section = "prose"
        self._numpy = False
        self._entry: list[str] | None = None
        self._indent: int | None = None
        self._in_doctest = False
        self.parts = _Parts()

    def read(self) -> _Parts:
        skip = False
        for number, line in enumerate(self._lines):
            following = self._lines[number + 1].strip() if number + 1 < len(self._lines) else ""
            if skip:
                skip = False
            elif _UNDERLINE.fullmatch(following) and line.strip().lower() in _HEADERS:
                self._begin(_HEADERS[line.strip().lower()], numpy=True)
                skip = True
            else:
                self._line(line)
        return self.parts

    def _begin(self, section: Section, *, numpy: bool = False) -> None:
        self._section, self._numpy = section, numpy
        self._entry, self._indent = None, None

    def _line(self, line: str) -> None:
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if indent == 0 and self._header(stripped):
            self._in_doctest = False
        elif stripped.startswith(">>>") or (self._in_doctest and stripped):
            self._in_doctest = True
            self.parts.example.append(stripped)
        elif stripped or self._section == "prose":
            self._in_doctest = False
            self._plain_line(stripped, indent)
        else:
            self._in_doctest = False

    def _plain_line(self, stripped: str, indent: int) -> None:
        if stripped.startswith((":", "@")) and (found := _FIELD.fullmatch(stripped)):
            self._field(found)
        elif indent == 0 and stripped and not self._numpy and self._section not in {"prose", "skipped"}:
            self._back_to_prose(stripped)
        else:
            self._text(stripped, indent)

    def _header(self, stripped: str) -> bool:
        found = _HEADER.fullmatch(stripped)
        bare = None if found else _BARE_HEADER.fullmatch(stripped)
        name = found["name"] if found else (bare["name"] or bare["bold"]) if bare else ""
        section = _HEADERS.get(name.strip().lower())
        if section is None:
            return False
        self._begin(section)
        if found and found["rest"]:
            self._text(found["rest"], 4)
        return True

    def _field(self, found: re.Match[str]) -> None:
        section = _FIELD_SECTIONS.get(found["tag"], "prose")
        self._begin(section)
        name = (found["what"] or "").split()[-1:] or [""]
        if section == "params":
            self._entry = self.parts.params.setdefault(name[0].lstrip("*"), [])
        elif section == "raises":
            self._entry = self.parts.raises.setdefault(name[0], [])
        self._text(found["text"], 4)
        self._indent = -1  # what is indented below a field belongs to the field

    def _back_to_prose(self, stripped: str) -> None:
        """A section in Google's form ends where the indentation does, unless its entries are not indented."""
        if self._section in {"params", "raises"} and self._indent in {None, 0} and _ENTRY.fullmatch(stripped):
            self._text(stripped, 0)
            return
        self._begin("prose")
        self._text(stripped, 0)

    def _text(self, stripped: str, indent: int) -> None:
        match self._section:
            case "params" | "raises":
                self._entries(stripped, indent)
            case "returns":
                self._returns(stripped, indent)
            case "example":
                self.parts.example.append(stripped)
            case "prose":
                self.parts.prose.append(stripped)
            case "skipped":
                pass

    def _entries(self, stripped: str, indent: int) -> None:
        if not stripped:
            return
        if self._indent is None and self._entry is None:
            self._indent = indent
        if self._indent is not None and self._indent >= 0 and indent <= self._indent and self._new(stripped):
            return
        if self._entry is not None:
            self._entry.append(stripped)
        elif self._section == "raises":
            self.parts.raises.setdefault("", []).append(stripped)
        else:
            self.parts.prose.append(stripped)

    def _new(self, stripped: str) -> bool:
        table = self.parts.params if self._section == "params" else self.parts.raises
        if self._numpy:
            found = _NUMPY_ENTRY.fullmatch(stripped)
            names = [name.strip() for name in found["names"].split(",")] if found else []
            lines: list[str] = []
        else:
            found = _ENTRY.fullmatch(stripped)
            names = [found["name"]] if found else []
            lines = [found["text"]] if found else []
        for name in names:
            self._entry = table[name.lstrip("*")] = lines
        return bool(names)

    def _returns(self, stripped: str, indent: int) -> None:
        if self._numpy and stripped and (self._indent is None or indent <= self._indent):
            self._indent = indent
            # The first line is the type, or "name : type"; a plain sentence there counts as what it is.
            if len(stripped.split()) <= _TYPE_WORDS:
                return
        self.parts.returns.append(stripped)


_TYPE_WORDS = 4


def parse_docstring(docstring: str) -> DocText:
    """Take a docstring apart. Any text will do; what has no form is prose."""
    parts = _Parser(docstring.strip().split("\n")).read()
    said = sentences("\n".join(parts.prose))
    returns = _joined(parts.returns)
    return DocText(
        summary=said[0] if said else "",
        prose=tuple(said[1:]),
        params={name: _joined(lines) for name, lines in parts.params.items()},
        returns=_RESULT_TYPE.sub("", returns, count=1) if parts.returns else None,
        raises={name: _joined(lines) for name, lines in parts.raises.items()},
        example=_joined(parts.example),
    )


def _joined(lines: list[str]) -> str:
    return " ".join(line for line in lines if line)
