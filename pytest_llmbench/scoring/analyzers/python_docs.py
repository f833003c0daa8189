"""What of a Python module is to be documented, and what its docstrings say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_llmbench.scoring.analyzers.docstrings import DocText, parse_docstring
from pytest_llmbench.scoring.analyzers.documentation import Documented
from pytest_llmbench.scoring.analyzers.python_bugs import changed_arguments
from pytest_llmbench.scoring.analyzers.python_source import DEFINITIONS, Class, Function, Module
from pytest_llmbench.scoring.analyzers.python_structure import statements
from pytest_llmbench.scoring.analyzers.wording import name_words
from pytest_llmbench.scoring.syntax import text, walk

HELPER_STATEMENTS = 4
"""Statements from which a private function should say what it is for."""

_EXCEPTION = re.compile(r"[A-Z]\w*")


def documented_names(module: Module) -> list[Documented]:
    """Give the public functions, methods and classes; for a script without any, the script itself.

    Where a name is defined twice, the last definition is the one that counts.
    """
    found = [*_functions(module), *(_class(module, cls) for cls in module.classes if _counts(module, cls))]
    last = {name.name: name for name in sorted(found, key=lambda name: name.line)}
    if last or not _is_script(module):
        return list(last.values())
    return [Documented(name="the script", kind="script", line=1, text=_parsed(module.docstring))]


def undocumented_helpers(module: Module) -> Iterator[tuple[str, int]]:
    """Give the private functions of some size that have no docstring."""
    for function in module.functions:
        if _is_helper(function) and function.docstring is None and statements(function) >= HELPER_STATEMENTS:
            yield function.name, function.line


def _is_helper(function: Function) -> bool:
    outer = function.owner is None or function.owner.public
    return outer and not function.nested and re.match(r"_(?!_)", function.name) is not None


def module_text(module: Module) -> DocText | None:
    """Give the module's own docstring, taken apart."""
    return _parsed(module.docstring)


def _is_script(module: Module) -> bool:
    return not module.root.has_error and any(node.type != "comment" for node in module.root.named_children)


def _parsed(docstring: str | None) -> DocText | None:
    return parse_docstring(docstring) if docstring is not None and docstring.strip() else None


def _counts(module: Module, named: Function | Class) -> bool:
    exported = module.exported
    outer = named.owner if isinstance(named, Function) and named.owner is not None else named
    return named.public and (not exported or outer.name in exported)


def _functions(module: Module) -> Iterator[Documented]:
    told = {(f.owner.name, f.name) for f in module.functions if f.owner is not None and f.docstring}
    for function in module.functions:
        if _counts(module, function) and not _is_overload(function) and not _is_told_by_base(function, told):
            yield _function(function)


def _is_told_by_base(function: Function, told: set[tuple[str, str]]) -> bool:
    """An override without a docstring of its own is documented where it is declared."""
    bases = () if function.owner is None or function.docstring else function.owner.bases
    return any((base, function.name) in told for base in bases)


def _is_overload(function: Function) -> bool:
    """Overloads, overrides and setters are documented elsewhere."""
    elsewhere = {"overload", "override", "setter", "deleter"}
    return any(name.rpartition(".")[2] in elsewhere for name in function.decorators)


def _function(function: Function) -> Documented:
    types = [param.annotation or "" for param in function.params]
    outer = "" if function.owner is None else function.owner.name
    params = tuple(param.name for param in function.params if not param.name.startswith("_"))
    own = [function.name, *(param.name for param in function.params), *types, function.returns or ""]
    return Documented(
        name=f"{outer}.{function.name}" if outer else function.name,
        kind="method" if outer else "function",
        line=function.line,
        params=params,
        result=function.gives_result,
        raises=_raised(function),
        changes=tuple(changed_arguments(function)),
        statements=statements(function),
        text=_parsed(function.docstring),
        own=name_words(own),
        outer=name_words([outer]),
    )


def _raised(function: Function) -> tuple[str, ...]:
    """Give the exceptions that a function raises by name; what it raises again is not its own."""
    found: dict[str, None] = {}
    for node in walk(function.body, past=DEFINITIONS):
        if node.type != "raise_statement" or not node.named_children:
            continue
        raised = node.named_children[0]
        called = raised.child_by_field_name("function") if raised.type == "call" else raised
        name = text(called).rpartition(".")[2]
        if _EXCEPTION.fullmatch(name) and name != "NotImplementedError":
            found[name] = None
    return tuple(found)


def _class(module: Module, cls: Class) -> Documented:
    """A class tells of its constructor too, in its own docstring or in that of `__init__`."""
    methods = [function for function in module.functions if function.owner == cls]
    init = next((function for function in methods if function.name == "__init__"), None)
    docstrings = [cls.docstring, None if init is None else init.docstring]
    told = _merged([parsed for d in docstrings if (parsed := _parsed(d)) is not None])
    params = () if init is None else init.params
    own = [cls.name, *cls.bases, *(p.name for p in params), *(p.annotation or "" for p in params)]
    return Documented(
        name=cls.name,
        kind="class",
        line=cls.line,
        params=tuple(param.name for param in params),
        raises=() if init is None else _raised(init),
        statements=1 if init is None else statements(init),
        text=told,
        own=name_words([*own, "initialize", "init", "class", "base"]),
    )


def _merged(texts: Sequence[DocText]) -> DocText | None:
    if len(texts) < 2:  # noqa: PLR2004 - one or none
        return texts[0] if texts else None
    first, second = texts
    return DocText(
        summary=first.summary,
        prose=(*first.prose, second.summary, *second.prose),
        params={**second.params, **first.params},
        raises={**second.raises, **first.raises},
        example=f"{first.example} {second.example}",
    )
