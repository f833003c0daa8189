"""Length, paths and nesting are one measure: the same function in each language has the same numbers."""

from __future__ import annotations

import pytest

from pytest_llmbench.scoring.analyzers import ecmascript_weights, go_weights, weights
from pytest_llmbench.scoring.analyzers.shape import (
    GRAMMARS,
    MAX_LINES,
    MAX_NESTING,
    MAX_PATHS,
    SHAPE_RULES,
    measured,
    shape_marks,
)
from pytest_llmbench.scoring.syntax import parse

SAME = {
    "python": """\
def f(a, b):
    # a comment is no line of code
    total = 0
    for x in a:
        if x and b or x > 2:
            total += 1
        elif x:
            total += 2
    return total
""",
    "javascript": """\
function f(a, b) {
  // a comment is no line of code
  let total = 0;
  for (const x of a) {
    if (x && b || x > 2) {
      total += 1;
    } else if (x) {
      total += 2;
    }
  }
  return total;
}
""",
    "go": """\
package p

func f(a []int, b bool) int {
	// a comment is no line of code
	total := 0
	for _, x := range a {
		if x > 0 && b || x > 2 {
			total += 1
		} else if x > 0 {
			total += 2
		}
	}
	return total
}
""",
}
SAME["typescript"] = SAME["javascript"].replace("(a, b)", "(a: number[], b: boolean): number")


def body_of(language, code):
    tree = parse(language, code)
    grammar = GRAMMARS[language]
    function = next(node for node in tree.nodes if node.type in grammar.functions)
    return measured(function.child_by_field_name("body"), grammar)


@pytest.mark.parametrize("language", sorted(SAME))
def test_the_same_function_has_the_same_paths_and_nesting(language):
    _, paths, nesting = body_of(language, SAME[language])
    assert (paths, nesting) == (6, 2)


def test_lines_are_those_with_code_of_the_function_itself():
    inner = "const g = () => {\n    one();\n    two();\n  };"
    code = f"function f() {{\n  // c\n\n  {inner}\n  return g(`a\nb`);\n}}\n"
    assert body_of("javascript", code)[0] == 6  # all but the comment, the blank line, one() and two()


def test_a_callback_of_one_expression_belongs_to_its_function():
    code = "function f(xs) { return xs.filter((x) => x.a && x.b); }"
    assert body_of("javascript", code)[1] == 2
    assert body_of("javascript", code.replace("x.a && x.b", "{ return x.a && x.b; }"))[1] == 1


def rules(language, code):
    return [mark.rule for mark in shape_marks(parse(language, code), language)]


def test_what_is_within_the_limits_costs_nothing():
    deep = "def f(a):\n" + "".join(f"{'    ' * n}if a:\n" for n in range(1, MAX_NESTING + 1))
    assert rules("python", deep + "    " * (MAX_NESTING + 1) + "return 1\n") == []
    assert rules("python", "def f():\n" + "    a = 1\n" * MAX_LINES) == []
    assert rules("go", f"package p\n\nfunc f(a bool) {{\n{'if a { return }; ' * (MAX_PATHS - 1)}\n}}\n") == []


def test_what_is_above_the_limits_is_marked():
    deep = "def f(a):\n" + "".join(f"{'    ' * n}if a:\n" for n in range(1, MAX_NESTING + 2))
    assert rules("python", deep + "    " * (MAX_NESTING + 2) + "return 1\n") == ["deep-nesting"]
    assert rules("python", "def f():\n" + "    a = 1\n" * (MAX_LINES + 1)) == ["long-function"]
    many = f"package p\n\nfunc f(a bool) {{\n{'if a { return }; ' * MAX_PATHS}\n}}\n"
    assert rules("go", many) == ["many-paths"]


@pytest.mark.parametrize(
    ("language", "code", "dead"),
    [
        ("python", "if False:\n    a()\nelif b:\n    c()\nwhile 0:\n    d()\n", 2),
        ("python", "if falsehood:\n    a()\nwhile True:\n    d()\n", 0),
        ("javascript", "if (false) { a(); }\nwhile (null) { b(); }\nif (x) { c(); }\n", 2),
        ("typescript", "function f(): void { if (0) { a(); } }\n", 1),
        ("go", "package p\n\nfunc f() {\n\tif false {\n\t\tg()\n\t}\n\tif x {\n\t}\n}\n", 1),
    ],
)
def test_what_can_never_run_is_marked(language, code, dead):
    assert [m.rule for m in shape_marks(parse(language, code), language)] == ["dead-branch"] * dead


def test_hostile_depth_is_no_matter():
    code = "function f() {" + "if (a) {" * 3000 + "}" * 3001
    assert rules("javascript", code) == ["many-paths", "deep-nesting"]


@pytest.mark.parametrize("language_rules", [weights.RULES, ecmascript_weights.RULES, go_weights.RULES])
def test_shape_costs_the_same_in_each_language(language_rules):
    assert {rule: language_rules[rule] for rule in SHAPE_RULES} == SHAPE_RULES
