"""Syntax trees of all languages, and nodes that know their surroundings."""

from __future__ import annotations

import pytest

from pytest_llmbench.scoring.syntax import find_nodes, parse, text, walk

CODE = {
    "python": ("def f(): pass", "function_definition"),
    "javascript": ("function f() {}", "function_declaration"),
    "typescript": ("type A = string;", "type_alias_declaration"),
    "go": ("package p\nfunc f() {}", "function_declaration"),
}


@pytest.mark.parametrize("language", CODE)
def test_each_language_has_a_tree(language):
    code, kind = CODE[language]
    assert [node.kind for node in find_nodes(language, code, frozenset({kind}))] == [kind]


def test_a_node_tells_line_text_and_parent():
    found = find_nodes("javascript", "let a = 1;\nlet b = !a;", frozenset({"!", "program"}))
    assert [(node.kind, node.line, node.parent) for node in found] == [
        ("program", 1, ""),
        ("!", 2, "unary_expression"),
    ]


def test_surroundings():
    tree = parse("javascript", "f(1, 2);")
    two = next(node for node in tree.nodes if text(node) == "2" and node.type == "number")
    assert [node.type for node in tree.ancestors(two)] == [
        *("arguments", "call_expression", "expression_statement", "program"),
    ]
    assert text(tree.before(two)) == ","
    assert tree.parent(tree.root) is None
    assert tree.before(tree.root) is None
    assert tree.depth == 5


def test_a_walk_can_leave_out_what_is_inside():
    tree = parse("javascript", "function f() { g(); }")
    past = frozenset({"function_declaration"})
    assert "call_expression" not in {node.type for node in walk(tree.root, past=past)}
    assert "call_expression" in {node.type for node in walk(tree.root)}


def test_deep_trees_are_walked_in_time():
    deep = find_nodes("javascript", "x = " + "!" * 30_000 + "a", frozenset({"!"}))
    assert len(deep) == 30_000
