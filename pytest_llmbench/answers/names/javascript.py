"""Names of JavaScript and TypeScript: a tolerant look at declarations, imports and exports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_llmbench.answers.names.masking import mask_javascript
from pytest_llmbench.answers.names.outline import outline
from pytest_llmbench.answers.names.survey import Survey

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")

_IMPORT = re.compile(
    r"^[ \t]*import\b(?:[^;\"'`(=\n]|\n(?!import\b)){0,4000}+[\"'][^\"'\n]{0,500}[\"'][^\n;]{0,100};?",
    re.MULTILINE,
)
_REQUIRE = re.compile(r"\b(?:const|let|var)\s+([\w$]+|\{[^{}]{0,2000}\})\s*=\s*require\s*\(")
_FUNCTION = re.compile(
    # A signature without a body, as in an overload, defines nothing, unless the code ends in it.
    r"\bfunction\b\s*\*?\s*([A-Za-z_$][\w$]*)(?=\s*[(<])(?:[^;{}\n]|\n(?![A-Za-z_$/@]))*+(?P<body>\{)?"
)
_VARIABLE = re.compile(r"(?<![\w$.])(?:const|let|var)\s+([A-Za-z_$][\w$]*+)(?=[ \t]*(?:[=:;,!\n]|\Z))")
_TYPE = re.compile(r"(?<![\w$.])type\s+([A-Za-z_$][\w$]*+)(?=\s*[=<])")
_CLASS = re.compile(
    r"(?<![\w$.])(?:class|interface|enum|namespace)\s+([A-Za-z_$][\w$]*+)"
    r"(?=\s*(?:[{<]|extends\b|implements\b|\Z))"
)
_EXPORT_LIST = re.compile(r"^[ \t]*export\s*(?:type\s*)?\{([^{}]*)\}(?!\s*from\b)", re.MULTILINE)
_COMMONJS_LIST = re.compile(r"\bmodule\.exports\s*=\s*\{([^}]*)")
_COMMONJS = re.compile(r"\b(?:module\.)?exports\.([A-Za-z_$][\w$]*)\s*=(?!=)")
_KEY = re.compile(r"(?:^|,)\s*(?:async\s+)?([A-Za-z_$][\w$]*)")

_USED = re.compile(r"(?<![\w$.#])([A-Za-z_$][\w$]*+)(?!\s*:)")
_DECLARATION_WORD = r"\b(?:const|let|var|function\s*\*?|class|interface|enum|type|catch\s*\()\s*"
_BOUND_NAME = re.compile(_DECLARATION_WORD + r"([A-Za-z_$][\w$]*)")
_BOUND_ARROW = re.compile(r"([A-Za-z_$][\w$]*)\s*=>")
_BOUND_PATTERN = re.compile(r"\b(?:const|let|var)\s*([{\[][^;]{0,1000}?[}\]])\s*(?:=(?!>)|of\b)")
_BOUND_PARAMETERS = re.compile(
    r"(\b(?:if|while|switch|for)\s*)?\(([^()]{0,2000})\)\s*(?::[^={;]{1,200})?(?:=>|\{)"
)
_PARAMETER = re.compile(
    r"[\s{\[.]*+(?:(?:public|private|protected|readonly)\s++)*+([A-Za-z_$][\w$]*)[\s?}\]]*+(?:[:=]|\Z)"
)

_WORDS_AND_TYPES = """
as async await break case catch class const continue debugger declare default delete do else enum export
extends false finally for from function if implements import in instanceof interface keyof let new null of
private protected public readonly return static super switch this throw true try type typeof undefined var
void while with yield any boolean never number object string unknown
"""
_WORDS = frozenset(_WORDS_AND_TYPES.split())


def survey_javascript(code: str) -> Survey:
    """Survey JavaScript or TypeScript; never raises."""
    masked = mask_javascript(code)
    imported = frozenset(_imported(masked.text))
    text = _IMPORT.sub("", masked.text)
    bound = frozenset(_bound(text))
    used = frozenset(_USED.findall(text))
    return Survey(
        defines=frozenset(_defined(text)) - frozenset(_required(text)),
        imports=imported | frozenset(_required(text)),
        uses=used - bound - imported - _WORDS,
        blank=not masked.text.strip(),
        open=masked.open,
    )


def _imported(masked: str) -> Iterator[str]:
    for statement in _IMPORT.findall(masked):
        yield from (word for word in _IDENTIFIER.findall(statement) if word not in _WORDS)


def _required(text: str) -> Iterator[str]:
    for target in _REQUIRE.findall(text):
        yield from _IDENTIFIER.findall(target)


def _defined(text: str) -> Iterator[str]:
    top = outline(text).rstrip()
    for function in _FUNCTION.finditer(top):
        if function["body"] or function.end() == len(top):
            yield function[1]
    for declared in (_VARIABLE, _TYPE, _CLASS, _COMMONJS):
        yield from declared.findall(top)
    for names in _EXPORT_LIST.findall(text):
        for part in names.split(","):
            words = _IDENTIFIER.findall(part)
            yield from words[-1:]
    for names in _COMMONJS_LIST.findall(text):
        yield from _KEY.findall(names)


def _bound(text: str) -> Iterator[str]:
    yield from _BOUND_NAME.findall(text)
    yield from _BOUND_ARROW.findall(text)
    for pattern in _BOUND_PATTERN.findall(text):
        yield from _IDENTIFIER.findall(pattern)
    for control, parameters in _BOUND_PARAMETERS.findall(text):
        found = () if control else map(_PARAMETER.match, parameters.split(","))
        yield from (parameter[1] for parameter in found if parameter)
