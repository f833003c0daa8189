"""Mutants of a program: each the whole text with one small change, made by a library for its language.

Python's are made by mutmut's operators, which leave annotations and what stands outside of functions
alone; JavaScript's and TypeScript's by the instrumenter of Stryker, which leaves types alone.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_llmbench.errors import UsageError
from pytest_llmbench.tasks.language import SOURCE_SUFFIX, Language
from pytest_llmbench.toolchains.cache import user_cache
from pytest_llmbench.toolchains.node import find_node
from pytest_llmbench.toolchains.npm import NodePackages

DEFINITION = Path(__file__).parent / "mutation"
"""The list and the lock file of the npm packages, and the program that asks them for mutants."""

SHOWN = 60
"""Characters of a piece of code that are shown."""


@dataclass(frozen=True)
class Mutant:
    """One change: where it begins (from 1), what was there, what stands there now, and the whole text."""

    line: int
    column: int
    operator: str
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column} {self.operator}: {_short(self.before)} → {_short(self.after)}"


def make_mutants(code: str, language: Language, environ: Mapping[str, str]) -> list[Mutant]:
    """Make all mutants of a program, in the order of the text.

    Args:
        code: The program.
        language: Its language.
        environ: The user's environment variables; they say where caches are.

    Raises:
        UsageError: There is no library for the language, or it is not installed.
    """
    if language == "go":
        raise UsageError("no library that makes mutants of Go is used here; leave the task out")
    made = python_mutants(code) if language == "python" else node_mutants(code, language, environ)
    return sorted(made, key=lambda mutant: (mutant.line, mutant.column))


def python_mutants(code: str) -> list[Mutant]:
    """Make the mutants of a Python program.

    Raises:
        UsageError: mutmut is not installed.
    """
    try:
        from libcst import parse_module
        from libcst.metadata import MetadataWrapper, PositionProvider
        from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
        from mutmut.mutation.mutators import mutation_operators
        from mutmut.mutation.pragma_handling import IgnoredCode
    except ImportError as error:
        raise UsageError(f"{error}; install it with: pip install --group bench") from None
    wrapper = MetadataWrapper(parse_module(code))
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    module = wrapper.visit(visitor)
    places = wrapper.resolve(PositionProvider)
    made = []
    for mutation in visitor.mutations:
        if mutation.contained_by_top_level_function is None:
            continue  # mutmut makes no mutants of these either: they would run at import, or not at all
        old, new = mutation.original_node, mutation.mutated_node
        place = places[old].start
        before, after = module.code_for_node(old), module.code_for_node(new)
        source = deep_replace(module, old, new).code  # type: ignore[union-attr]
        made.append(Mutant(place.line, place.column + 1, type(old).__name__, before, after, source))
    return made


def node_mutants(code: str, language: Language, environ: Mapping[str, str]) -> list[Mutant]:
    """Make the mutants of a JavaScript or TypeScript program.

    Raises:
        ToolchainMissing: Node is missing, or the npm packages could not be installed.
    """
    node = find_node()
    modules = NodePackages(node, user_cache(environ), environ, DEFINITION).install()
    name = f"program{SOURCE_SUFFIX[language]}"
    command = [str(node.binary), str(DEFINITION / "mutants.mjs"), str(modules), name]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=True)
    return [Mutant(**fields) for fields in json.loads(done.stdout)]


def _short(code: str) -> str:
    text = " ".join(code.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
