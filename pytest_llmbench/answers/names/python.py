"""Python's names: by `ast` where the code parses, else by a tolerant look at its lines.

What is parsed is the masked code. Its strings are empty, so a parse warns of no escape sequence
(under `-W error` that would be a syntax error, and a warning filter is the whole process's). The
price is that names used inside f-strings and quoted annotations alone are not seen as used.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from pytest_llmbench.answers.names.masking import mask_python
from pytest_llmbench.answers.names.survey import Survey

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__"}

_DEFINED = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]+|class[ \t]+)(\w+)"
    r"|^(\w+)[ \t]*+(?::[^=\n]{0,200})?=(?!=)",
    re.MULTILINE,
)
_IMPORTED = re.compile(r"^(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+\(?([\w \t,.]*)", re.MULTILINE)

MAX_PARSED = 200_000
"""Characters of code that are parsed at most; no answer is as long, and failing to parse is slow."""

_ATTEMPTS = 5

# CPython needs quadratic time for a dotted name in an import, and no program has such a name.
_ENDLESS_DOTS = re.compile(r"(?:\w++[\s\\]*+\.[\s\\]*+){100}")
# Warned of since 3.8 ("1if x else 2"), with the means above.
_GLUED_NUMBER = re.compile(r"\b(0[xX][\da-fA-F_]+|\d[\d_.]*)(?=(?:and|else|for|if|in|is|not|or)\b)")
# Since 3.14 a jump out of `finally` is warned of; for names the difference does not matter.
_JUMP = re.compile(r"\b(return|break|continue)\b")
_HARMLESS = {"return": "yield ", "break": "pass ", "continue": "pass    "}


def survey_python(code: str) -> Survey:
    """Survey Python code; never raises."""
    masked = mask_python(code)
    tree = parsed(masked.text)
    if tree is None:
        return Survey(
            defines=frozenset(a or b for a, b in _DEFINED.findall(masked.text)),
            imports=frozenset(_scanned_imports(masked.text)),
            blank=not masked.text.strip(),
            parses=False,
            open=masked.open,
        )
    imports = frozenset(_imported(ast.walk(tree)))
    return Survey(
        defines=frozenset(_defined(tree.body)),
        imports=imports,
        uses=frozenset(_loaded(tree)) - frozenset(_bound(tree)) - imports - _BUILTINS,
        blank=not tree.body,
        parses=True,
        open=masked.open,
    )


def parsed(masked: str) -> ast.Module | None:
    """Parse masked code; None where it is not Python, or too deep or odd for the parser."""
    tree = parse_or_line(masked)
    return tree if isinstance(tree, ast.Module) else None


def parse_or_line(masked: str) -> ast.Module | int:
    """Parse masked code, or give the line, from 1, that the parser stumbles over (0: no one line)."""
    if len(masked) > MAX_PARSED or _ENDLESS_DOTS.search(masked):
        return 0
    text = _GLUED_NUMBER.sub(r"\1 ", masked)
    text = _JUMP.sub(lambda jump: _HARMLESS[jump[0]], text)
    try:
        return _parse(text)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        return 0


def _parse(text: str) -> ast.Module:
    """Parse, and again where CPython before 3.13 has mixed the parser's depth up with another thread's."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(SystemError):
            return ast.parse(text)
    return ast.parse(text)


def _defined(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Names that module-level statements bind, inside `if`, `try`, loops and `with` too."""
    pending = list(body)
    while pending:
        statement = pending.pop()
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield statement.name
                continue
            case ast.AnnAssign(value=None):
                continue
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.For() | ast.With():
                yield from _stored(statement)
            case _ if type(statement).__name__ == "TypeAlias":
                yield from _stored(statement)
            case _:
                pass
        pending += _inner(statement)


def _inner(statement: ast.stmt) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body


def _stored(statement: ast.stmt) -> Iterator[str]:
    """Names that the statement itself stores to, not those that statements inside it do."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        pending += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]


def _loaded(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id


def _bound(tree: ast.Module) -> Iterator[str]:
    """Names that anything binds in any scope: what is bound somewhere may be meant anywhere."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case _ if type(node).__name__ in {"TypeVar", "ParamSpec", "TypeVarTuple"}:
                yield str(getattr(node, "name", ""))
            case _:
                pass


def _scanned_imports(masked: str) -> Iterator[str]:
    for names in _IMPORTED.findall(masked):
        for part in names.split(","):
            words = part.replace(".", " . ").split()
            if words:
                yield words[-1] if "as" in words else words[0]
