from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.answers.names.javascript import survey_javascript
from pytest_llmbench.answers.names.masking import mask_javascript


@pytest.mark.parametrize(
    ("code", "defines"),
    [
        ("export function a() {}\nexport async function b() {}\nfunction* c() {}", {"a", "b", "c"}),
        ("export default function a() {}\nexport default class B {}", {"a", "B"}),
        ("export const a = () => {};\nlet b = 1;\nvar c;", {"a", "b", "c"}),
        ("export class A extends B { c() {} }\nabstract class D<T> {}", {"A", "D"}),
        ("const x = 1;\nexport { x as y, z };", {"x", "y", "z"}),
        ("export { a } from './b';\nexport * from './c';", set()),
        ("module.exports = { a, b: c, async d() {} };", {"a", "b", "d"}),
        ("exports.a = 1;\nmodule.exports.b = 2;\nif (exports.c == 1) {}", {"a", "b"}),
        (
            "interface A { b: C }\ntype D = E;\nenum F {}\nexport const enum G {}\nnamespace H {}",
            set("ADFGH"),
        ),
        ("export function a(x: {\n  y: 1;\n}): void {\n}", {"a"}),
        ("export function a(): void;\nexport function b() {}", {"b"}),
        ("declare function a(): void;", set()),
        ("function a(\n  b,\n", {"a"}),
        ("function a() {\n  function b() {}\n  const c = 1;\n}", {"a"}),
        ("// function a() {}\n/* class B {} */\nconst c = 'function d() {}';", {"c"}),
        ("const a = `\nfunction b() {}\n`;\nconst re = /['\"`]{/;\nfunction d() {}", {"a", "re", "d"}),
        ("The function flatten is a class of its own. Let me const it.", set()),
        ("import { a } from './b';\nimport c, { type D } from \"e\";\nimport * as f from 'g';", set()),
        ("const a = require('b');\nconst { c, d } = require('e');", set()),
        ("    export function a() {}", {"a"}),
        ("const a = {\n  b() {\n", {"a"}),
    ],
)
def test_what_the_top_level_defines(code, defines):
    assert survey_javascript(code).defines == defines


def test_a_misread_bracket_does_not_hide_what_follows():
    code = "const a = b / c; // {\nconst open = x => x /'{'/ 2;\nfoo({\nfunction after() {}\n"
    assert "after" in survey_javascript(code).defines


@pytest.mark.parametrize(
    ("code", "imports"),
    [
        ("import a from 'b';", {"a"}),
        ('import {\n  c,\n  d as e,\n} from "f"', {"c", "d", "e"}),
        ("import type { T } from 'u';", {"T"}),
        ("import * as g from 'h'", {"g"}),
        ("import 'i';", set()),
        ("const { j, k: l } = require('m');", {"j", "k", "l"}),
        ("const x = await import('y');", set()),
    ],
)
def test_what_imports_bind(code, imports):
    assert survey_javascript(code).imports == imports


@pytest.mark.parametrize(
    ("code", "uses"),
    [
        ("a(b.c, { d: e })", {"a", "b", "e"}),
        ("function f(a, { b, c = 1 }, ...d) { return a + b + c + d + g; }", {"g"}),
        ("const f = (a) => b => a(b);", set()),
        ("function f(a: A, b?: B[]): Map<string, C> { return a; }", {"A", "B", "C", "Map"}),
        ("const { a, b: c = 1 } = d; for (const e of f) g(a, c, e);", {"d", "f", "g"}),
        ("try { a(); } catch (error) { throw error; }", {"a"}),
        ("if (a) { b(); } while (c) { }", {"a", "b", "c"}),
        ("class A { #b = 1; c() { return this.#b; } }", {"c"}),
        ("'a' + `b` // c", set()),
    ],
)
def test_what_is_used_and_bound_nowhere(code, uses):
    assert survey_javascript(code).uses == uses


@pytest.mark.parametrize("code", ["", "\n", "// a", "/* a\n b */\n// c"])
def test_blank_code(code):
    assert survey_javascript(code).blank


@pytest.mark.parametrize(
    ("code", "masked"),
    [
        ("'a\\'b' + \"c\"", "'    ' + \" \""),
        ("`a${b}\nc`", "`     \n `"),
        ("a / b / c", "a / b / c"),
        ("x = /a'b/g; y", "x = '    '; y"),
        ("f(/[/'\"]/, 1)", "f('     ', 1)"),
        ("return /`/.test(a)", "return ' '.test(a)"),
        ("a // b", "a     "),
        ("a /* b\n*/ c", "a     \n   c"),
    ],
)
def test_masking(code, masked):
    assert mask_javascript(code).text == masked


@given(st.text(alphabet="a\"'`/*\\\n =(){}[]$", max_size=60) | st.text())
def test_any_text_is_surveyed_and_masked_in_place(code):
    masked = mask_javascript(code).text
    assert [len(line) for line in masked.split("\n")] == [len(line) for line in code.split("\n")]
    assert survey_javascript(code).parses is None
