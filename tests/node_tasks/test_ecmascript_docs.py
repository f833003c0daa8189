# ruff: noqa: E501 - a piece of code is easier to read on one line
"""Documentation comments taken apart, and what of a module is to be documented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.analyzers.ecmascript_docs import (
    documented_names,
    module_text,
    undocumented_helpers,
)
from pytest_llmbench.scoring.analyzers.ecmascript_jsdoc import is_jsdoc, parse_jsdoc
from pytest_llmbench.scoring.analyzers.ecmascript_source import parse_module

FULL = """/**
 * Loads one report. It is asked for {@link fetch once}.
 *
 * Nothing is kept.
 *
 * @param {typeof fetch} fetchFn - behaves like `fetch`
 * @param {{id: string, size?: {w: number}}} [which={}] which one,
 *   by its id
 * @param {string} which.id - the id itself
 * @returns {Promise<unknown>} the report
 * @throws {HttpError} if the server refuses
 * @throws RangeError - if the size is wrong
 * @example
 * loadReport(fetch, { id: "a" });
 */"""


def test_all_parts_of_a_full_comment():
    found = parse_jsdoc(FULL)
    assert found.summary == "Loads one report."
    assert found.prose == ("It is asked for fetch once.", "Nothing is kept.")
    assert found.params["fetchFn"] == "typeof fetch behaves like `fetch`"
    assert found.params["which"].startswith("{id: string, size?: {w: number}} which one,\n")
    assert found.params["which"].endswith("string id the id itself")
    assert found.returns == "Promise<unknown> the report"
    assert found.raises == {"HttpError": "if the server refuses", "RangeError": "if the size is wrong"}
    assert "loadReport(fetch" in found.example


def test_lines_are_documentation_too():
    found = parse_jsdoc("// Removes the fields\n// that must not be published.")
    assert found.summary == "Removes the fields\nthat must not be published."
    assert not is_jsdoc("// a")
    assert not is_jsdoc("/* a */")
    assert not is_jsdoc("/*** a */")
    assert is_jsdoc("/** a */")


def test_fences_in_a_comment_are_examples_and_no_tags():
    found = parse_jsdoc("/**\n * Doubles.\n * ```js\n * @param no\n * f(2);\n * ```\n */")
    assert found.params == {}
    assert found.summary == "Doubles."
    assert "f(2);" in found.example


@given(st.text(alphabet="/** @param{}\n-[]=.returns`throws", max_size=200))
def test_any_comment_is_taken_apart(comment):
    parse_jsdoc(comment)


def names(code, dialect="javascript"):
    return [(n.name, n.kind, n.params, n.result) for n in documented_names(parse_module(code, dialect))]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("export function f(a, { b }, ...c) { return a; }", [("f", "function", ("a", "c"), True)]),
        ("export const f = async (a = 1) => a;", [("f", "function", ("a",), True)]),
        ("function f() {}\nfunction g() {}\nexport { f };", [("f", "function", (), False)]),
        ("export default function f(a) { a(); }", [("f", "function", ("a",), False)]),
        ("const f = (a) => a;\nmodule.exports = { f };", [("f", "function", ("a",), True)]),
        (
            "export class A {\n  constructor(x) {}\n  m(y) { return y; }\n  #p() {}\n}",
            [("A", "class", (), False), ("A.m", "method", ("y",), True)],
        ),
        ("let a = 1;", [("the module", "script", (), False)]),
    ],
)
def test_what_is_to_be_documented(code, expected):
    assert names(code) == expected


def test_types_speak_for_themselves():
    code = "export type A = string;\nexport interface B { a: A }\nexport function f(a: A): void {}"
    assert names(code, "typescript") == [("f", "function", ("a",), False)]


def test_a_comment_belongs_to_what_follows_it():
    code = "const a = 1; // behind\n/** Twice. */\nexport const f = (x) => 2 * x;\n\n/** Apart. */\n\nexport function g() {}"
    found = {n.name: n.text for n in documented_names(parse_module(code, "javascript"))}
    assert found["f"].summary == "Twice."
    assert found["g"] is None


def test_what_is_thrown_is_to_be_told():
    code = "export function f(x) { if (x) throw new RangeError('no'); [1].map(() => { throw new TypeError(); }); }"
    assert documented_names(parse_module(code, "javascript"))[0].raises == ("RangeError",)


def test_a_module_tells_of_itself_at_its_head():
    assert (
        module_text(parse_module("/** Reports. */\n\nexport const a = 1;", "javascript")).summary
        == "Reports."
    )
    assert module_text(parse_module("/** One. */\nexport const a = 1;", "javascript")) is None
    assert module_text(parse_module("// report.mjs\n\nexport const a = 1;", "javascript")) is None


def test_helpers_of_some_size_are_told_of():
    body = "{ a(); b(); c(); d(); }"
    code = f"function big() {body}\n// Told.\nfunction told() {body}\nfunction small() {{ a(); }}\nexport const x = 1;"
    assert list(undocumented_helpers(parse_module(code, "javascript"))) == [("big", 1)]
