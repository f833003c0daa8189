from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.answers.names.go import survey_go
from pytest_llmbench.answers.names.masking import mask_go


@pytest.mark.parametrize(
    ("code", "defines"),
    [
        ("package main\n\nfunc a() {}\nfunc b[T any](x T) {}", {"a", "b"}),
        ("func (s *server) get() {}\nfunc (stack[T]) Push(x T) {}", {"server.get", "stack.Push"}),
        ("type A struct {\n\tb int\n}\ntype C[T any] []T\ntype d = e", {"A", "C", "d"}),
        ("var a = 1\nconst b = 2\nvar c int", {"a", "b", "c"}),
        ('var (\n\ta = 1\n\tb = map[string]int{\n\t\t"x": 1,\n\t}\n\n\tc int\n)', {"a", "b", "c"}),
        ("type (\n    a struct {\n        b int\n    }\n    c int\n)", {"a", "c"}),
        ("func a() {\n\tvar b = 1\n\ttype c int\n}", {"a"}),
        ('// func a() {}\n/*\nfunc b() {}\n*/\nvar c = `\nfunc d() {}\n`\nvar e = "func f() {}"', {"c", "e"}),
        ("The func newServer is a type of its own.", set()),
        ("func a(", {"a"}),
    ],
)
def test_what_the_top_level_defines(code, defines):
    assert survey_go(code).defines == defines


def test_what_imports_bind():
    code = 'package main\n\nimport "fmt"\nimport (\n\t"net/http"\n\tr "math/rand"\n\t_ "embed"\n)\n'
    assert survey_go(code).imports == {"fmt", "http", "r", "_"}


def test_what_is_used_and_bound_nowhere():
    code = (
        "func f(a int, b *server) (c error) {\n\td, e := g(a)\n\tvar h thing\n\treturn b.x(d, e, h, i)\n}\n"
    )
    assert survey_go(code).uses - {"server"} == {"g", "thing", "i"}


@pytest.mark.parametrize("code", ["", "// a\n", "/* a\n*/"])
def test_blank_code(code):
    assert survey_go(code).blank


def test_a_package_clause_alone_defines_nothing():
    assert survey_go("package main\n").defines == frozenset()


@pytest.mark.parametrize(
    ("code", "masked"),
    [("`a\\`+'\\''", "`  `+'  '"), ('"a\\"b" // c', '"    "     '), ("`a\n{", "` \n ")],
)
def test_masking(code, masked):
    assert mask_go(code).text == masked


@given(st.text(alphabet="a\"'`/*\\\n =(){}[]", max_size=60) | st.text())
def test_any_text_is_surveyed_and_masked_in_place(code):
    masked = mask_go(code).text
    assert [len(line) for line in masked.split("\n")] == [len(line) for line in code.split("\n")]
    assert survey_go(code).parses is None
