"""How long and how tangled functions are, measured in one way for all languages, on the syntax tree.

A function's lines are those with code of its own; its paths are one more than its branches and its
short-circuit operators (McCabe's measure, with Boolean operators); its nesting is the number of blocks
that stand inside each other. A function inside another is measured by itself, unless it is one expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_llmbench.scoring.analyzers.tally import Mark, Weight
from pytest_llmbench.scoring.syntax import Tree, line_of, text
from pytest_llmbench.tasks.language import Language

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_LINES = 40
"""Lines of code that fit on a page."""

MAX_PATHS = 12
"""Paths through a function that can still be tested one by one."""

MAX_NESTING = 4
"""Conditions that a reader keeps in mind."""

SHAPE_RULES = {
    "long-function": Weight(points=1.0, cap=2.0, why="more than fits on a page", scaled=False),
    "many-paths": Weight(points=1.5, cap=3.0, why="more ways through it than one tests", scaled=False),
    "deep-nesting": Weight(
        points=1.0, cap=2.0, why="more conditions than a reader keeps in mind", scaled=False
    ),
    "dead-branch": Weight(
        points=1.0,
        cap=2.0,
        why="can never run, and is to be read all the same",
        scaled=False,
        group="padding",
    ),
}
"""What each costs, in every language."""

NEVER = frozenset({"False", "false", "0", "None", "null", "undefined", '""', "''"})
"""Conditions that never hold, as they are written."""


@dataclass(frozen=True)
class Grammar:
    """The kinds of nodes of a language that its shape is made of.

    `bodies` are the blocks of statements that make a function one of its own; `flat` are pairs of a
    parent's and a child's kind that are one level and not two (`else if`).
    """

    functions: frozenset[str]
    bodies: frozenset[str]
    branches: frozenset[str]
    operators: frozenset[str]
    nesting: frozenset[str]
    flat: frozenset[tuple[str, str]] = frozenset()


_ECMASCRIPT = Grammar(
    functions=frozenset(
        {
            *("function_declaration", "generator_function_declaration", "function_expression"),
            *("generator_function", "arrow_function", "method_definition"),
        }
    ),
    bodies=frozenset({"statement_block"}),
    branches=frozenset(
        {
            *("if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement"),
            *("switch_case", "catch_clause", "ternary_expression"),
        }
    ),
    operators=frozenset({"&&", "||", "??"}),
    nesting=frozenset(
        {
            *("if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement"),
            *("try_statement", "switch_statement"),
        }
    ),
    flat=frozenset({("else_clause", "if_statement")}),
)

GRAMMARS: dict[Language, Grammar] = {
    "python": Grammar(
        functions=frozenset({"function_definition", "lambda"}),
        bodies=frozenset({"block"}),
        branches=frozenset(
            {
                *("if_statement", "elif_clause", "for_statement", "while_statement", "except_clause"),
                *("case_clause", "conditional_expression", "for_in_clause", "if_clause"),
            }
        ),
        operators=frozenset({"and", "or"}),
        nesting=frozenset(
            {
                *("if_statement", "for_statement", "while_statement", "try_statement"),
                *("with_statement", "match_statement"),
            }
        ),
    ),
    "javascript": _ECMASCRIPT,
    "typescript": _ECMASCRIPT,
    "go": Grammar(
        functions=frozenset({"function_declaration", "method_declaration", "func_literal"}),
        bodies=frozenset({"block"}),
        branches=frozenset(
            {"if_statement", "for_statement", "expression_case", "type_case", "communication_case"}
        ),
        operators=frozenset({"&&", "||"}),
        nesting=frozenset(
            {
                *("if_statement", "for_statement", "select_statement"),
                *("expression_switch_statement", "type_switch_statement"),
            }
        ),
        flat=frozenset({("if_statement", "if_statement")}),
    ),
}


_CONDITIONAL = frozenset({"if_statement", "elif_clause", "while_statement"})


def shape_marks(tree: Tree, language: Language) -> Iterator[Mark]:
    """Mark functions that are too long, have too many paths, or nest too deeply, and what can never run."""
    grammar = GRAMMARS[language]
    for node in tree.nodes:
        if node.type in _CONDITIONAL and text(node.child_by_field_name("condition")).strip("() ") in NEVER:
            yield Mark(rule="dead-branch", line=line_of(node), message="its condition never holds")
        body = node.child_by_field_name("body") if node.type in grammar.functions else None
        if body is None or body.type not in grammar.bodies:
            continue
        name = text(node.child_by_field_name("name")) or _bound_name(tree, node) or "a callback"
        lines, paths, nesting = measured(body, grammar)
        for rule, found, most, what in (
            ("long-function", lines, MAX_LINES, f"{lines} lines of code"),
            ("many-paths", paths, MAX_PATHS, f"{paths} paths through it"),
            ("deep-nesting", nesting, MAX_NESTING, f"blocks nested {nesting} deep"),
        ):
            if found > most:
                yield Mark(rule=rule, line=line_of(node), message=f"{name}: {what}")


def measured(body: Node, grammar: Grammar) -> tuple[int, int, int]:
    """Give the lines, the paths and the nesting of a function's body."""
    rows: set[int] = set()
    paths, deepest = 1, 0
    stack = [(body, 0)]
    while stack:
        node, depth = stack.pop()
        if node is not body and _is_function(node, grammar):
            continue
        if not node.child_count and "comment" not in node.type:
            rows.update(range(node.start_point.row, node.end_point.row + 1))
        paths += node.type in grammar.branches or node.type in grammar.operators
        depth += node.is_named and node.type in grammar.nesting
        deepest = max(deepest, depth)
        stack += [(child, depth - ((node.type, child.type) in grammar.flat)) for child in node.children]
    return len(rows), paths, deepest


def _is_function(node: Node, grammar: Grammar) -> bool:
    """Tell whether a node is a function that has statements of its own."""
    body = node.child_by_field_name("body") if node.type in grammar.functions else None
    return body is not None and body.type in grammar.bodies


def _bound_name(tree: Tree, node: Node) -> str:
    """The name of the variable that a function is bound to at once."""
    parent = tree.parent(node)
    return (
        ""
        if parent is None or parent.type != "variable_declarator"
        else text(parent.child_by_field_name("name"))
    )
