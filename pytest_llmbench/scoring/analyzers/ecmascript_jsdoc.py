"""A documentation comment taken apart: JSDoc, TSDoc, and lines that are neither.

The parser is one pass over lines. In JavaScript the types in a comment are the only ones that there
are, so what they say counts as said of the parameter or the result.
"""

from __future__ import annotations

import re

from pytest_llmbench.scoring.analyzers.docstrings import DocText
from pytest_llmbench.scoring.analyzers.wording import sentences

_MARKERS = re.compile(r"^\s*(?:/\*+!?|\*+/|\*(?!/)|///?)?\s?|\s*\*+/\s*$")
_TAG = re.compile(r"\s*@(?P<tag>[A-Za-z]+)\s*(?P<rest>.*)")
_INLINE = re.compile(r"\{@\w{1,20}\s{1,9}([^}|]{0,200})(?:\|([^}]{0,200}))?\}")
_PARAM = re.compile(
    r"\[?\s*(?P<name>[\w$.]+)(?:\s*=[^\]]*)?\s*\]?\s*(?:[-\u2013\u2014:]\s*)?(?P<text>.*)", re.DOTALL
)
_ERROR = re.compile(r"(?P<name>[A-Z][\w.]*)\b\s*[-\u2013\u2014:]?\s*(?P<text>.*)", re.DOTALL)
_FENCE = re.compile(r"```.*?(?:```|$)", re.DOTALL)

_PROSE_TAGS = frozenset({"description", "summary", "remarks", "note", "todo", "deprecated", "fileoverview"})


def parse_jsdoc(comment: str) -> DocText:
    """Take a comment apart, whose markers it may still have."""
    blocks = _blocks(_bare(comment))
    prose = sentences(_FENCE.sub(" ", "\n".join(text for tag, text in blocks if tag in {"", *_PROSE_TAGS})))
    params: dict[str, str] = {}
    raises: dict[str, str] = {}
    returns: str | None = None
    examples = [*_FENCE.findall("\n".join(text for _, text in blocks))]
    for tag, text in blocks:
        kind, rest = _typed(text)
        if tag in {"param", "arg", "argument"}:
            name, said = _param(rest)
            params[name] = f"{params.get(name, '')} {kind} {said}".strip()
        elif tag in {"return", "returns", "yields"}:
            returns = f"{kind} {rest.strip().lstrip('-')}".strip()
        elif tag in {"throws", "exception"}:
            name, said = _error(kind, rest)
            raises[name] = said
        elif tag == "example":
            examples.append(text)
    return DocText(
        summary=prose[0] if prose else "",
        prose=tuple(prose[1:]),
        params=params,
        returns=returns,
        raises=raises,
        example="\n".join(examples),
    )


def is_jsdoc(comment: str) -> bool:
    """Tell whether a comment is one that documentation tools read."""
    return comment.startswith("/**") and not comment.startswith("/***")


def _bare(comment: str) -> list[str]:
    lines = (_INLINE.sub(lambda m: (m[2] or m[1]).strip(), line) for line in comment.split("\n"))
    return [_MARKERS.sub("", line).rstrip() for line in lines]


def _blocks(lines: list[str]) -> list[tuple[str, str]]:
    """Give the tags with their texts; "" is the tag of what stands before the first."""
    found: list[tuple[str, list[str]]] = [("", [])]
    fenced = False
    for line in lines:
        tag = None if fenced else _TAG.fullmatch(line)
        if tag is not None:
            found.append((tag["tag"].lower(), [tag["rest"]]))
        else:
            found[-1][1].append(line)
        fenced ^= line.strip().startswith("```")
    return [(tag, "\n".join(text).strip()) for tag, text in found]


def _typed(text: str) -> tuple[str, str]:
    """Cut a type in braces off a text's beginning; its braces may be nested."""
    if not text.startswith("{"):
        return "", text
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return text[1:place].strip(), text[place + 1 :].lstrip()
    return "", text


def _param(text: str) -> tuple[str, str]:
    """Give a parameter's name and what is said of it; of a property, what is said of its object."""
    matched = _PARAM.match(text)
    if matched is None:
        return "", text
    name, _, inner = matched["name"].partition(".")
    return name, f"{inner} {matched['text']}".strip()


def _error(kind: str, text: str) -> tuple[str, str]:
    if kind:
        return kind, text.strip()
    matched = _ERROR.match(text)
    return (matched["name"], matched["text"]) if matched else ("Error", text)
