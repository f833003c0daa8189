# ruff: noqa: E501 - a piece of code is easier to read on one line
"""Each of our own rules: code that breaks it, and code close by that does not."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.sandbox.node.typescript import Diagnostic
from pytest_llmbench.scoring.analyzers.ecmascript_bugs import bug_marks
from pytest_llmbench.scoring.analyzers.ecmascript_comments import ecmascript_comment_marks
from pytest_llmbench.scoring.analyzers.ecmascript_source import parse_module
from pytest_llmbench.scoring.analyzers.ecmascript_structure import structure_marks
from pytest_llmbench.scoring.analyzers.ecmascript_types import type_marks
from pytest_llmbench.scoring.analyzers.ecmascript_weights import OXLINT, RULES, EcmaScriptWeights
from pytest_llmbench.scoring.analyzers.registry import analyzer_for
from pytest_llmbench.scoring.analyzers.typescript import TypeScriptAnalyzer

LONG = "\n".join(f"  total += step({n});" for n in range(45))
PATHS = "\n".join(f"  if (n === {n}) return {n};" for n in range(13))

BROKEN = {
    "async-for-each": "export function f(xs) { xs.forEach(async (x) => { await x(); }); }",
    "dropped-promise": "export function f(g) { g().then((x) => x.y); }",
    "order-of-arrival": (
        "export async function f(xs) { const all = []; await Promise.all(xs.map(async (x) => {"
        " all.push(await x()); })); return all; }"
    ),
    "await-in-loop": "export async function f(xs) { for (const x of xs) { await x(); } }",
    "return-await": "export async function f(g) { return await g(); }",
    "dead-branch": "export function f(x) { if (false) { return 1; } return x; }",
    "swallowed-error": "export function f(g) { try { return g(); } catch (e) { console.log(e); return null; } }",
    "unchecked-status": "export async function f(u) { const r = await fetch(u); return r.json(); }",
    "shared-variable": "let last = null; export function f(x) { last = x; return last; }",
    "changed-argument": "export function f(xs) { xs.sort(); return xs; }",
    "pattern-from-input": "export function f(q, s) { return new RegExp(q, 'i').test(s); }",
    "parse-prefix": "export function f(s) { return parseInt(s, 10); }",
    "quadratic-list": "export function f(xs) { const a = []; for (const x of xs) { a.unshift(x); } return a; }",
    "long-function": f"export function f(step) {{\n  let total = 0;\n{LONG}\n  return total;\n}}",
    "many-paths": f"export function f(n) {{\n{PATHS}\n  return 0;\n}}",
    "deep-nesting": "export function f(a) {" + " if (a) {" * 5 + " a();" + " }" * 6,
    "long-line": "export const text = '" + "x" * 150 + "';",
    "dense-expression": (
        "export const f = (a) => a.map((b) => b.c && (b.d || b.e) && g(b) ? h(b) : i(b.map((c) => c.d ?? j(c))));"
    ),
    "short-names": "export function f(list) { const p = list[0]; const q = p.next; return q; }",
    "unused-helper": "function lost() { return 1; }\nexport const one = 1;",
    "unasked": "export function f() { return 1; }\nexport function more() { return 2; }",
    "stateless-class": "class Tools { twice(x) { return 2 * x; } }\nexport const f = (x) => new Tools().twice(x);",
    "one-use-class": (
        "class Doubler { constructor(x) { this.x = x; } run() { return 2 * this.x; } }\n"
        "export const f = (x) => new Doubler(x).run();"
    ),
    "needless-getter": (
        "class Box { constructor(x) { this.x = x; } getX() { return this.x; } set(x) { this.x = x; } }\n"
        "export const f = (x) => new Box(x).getX();"
    ),
    "restating-comment": "export const f = (total) => {\n  // return the total\n  return total;\n};",
    "ruler": "// ----------------------------------\nexport const one = 1;",
    "silenced-tool": "// eslint-disable-next-line\nexport const one = 1;",
}
SOUND = {
    "async-for-each": "export function f(xs) { xs.forEach((x) => { x(); }); }",
    "dropped-promise": "export function f(g) { g().then((x) => x.y).catch(() => 0); return g().then(h); }",
    "order-of-arrival": "export const f = (xs) => Promise.all(xs.map(async (x) => { const a = []; a.push(await x()); return a; }));",
    "await-in-loop": "export async function f(xs) { for await (const x of xs) { x(); } await xs[0]; }",
    "return-await": "export async function f(g) { try { return await g(); } catch (e) { throw new Error('no', { cause: e }); } }",
    "swallowed-error": "export function f(g) { try { return g(); } catch (e) { console.log(e); throw e; } }",
    "unchecked-status": "export async function f(u) { const r = await fetch(u); if (!r.ok) throw new Error('no'); return r.json(); }",
    "shared-variable": "let last = null; export function f(x) { let own = x; own += 1; return own; }",
    "changed-argument": "export function f(xs) { const ys = [...xs]; ys.sort(); return ys; }",
    "pattern-from-input": "export function f(s) { return new RegExp('a+', 'i').test(s); }",
    "parse-prefix": "export function f(s) { return Number(s); }",
    "quadratic-list": "export function f(xs) { const a = []; for (const x of xs) { a.push(x); } return a.reverse(); }",
    "short-names": "export function f(list) { for (let i = 0; i < 3; i += 1) list.map((x) => x); const n = 1; return n; }",
    "unused-helper": "function found() { return 1; }\nexport const one = found();",
    "stateless-class": "class Sum { total = 0; add(x) { this.total += x; } }\nexport const f = () => new Sum();",
    "one-use-class": "class Stack { #xs = []; push(x) { this.#xs.push(x); } }\nexport const f = () => new Stack();",
    "restating-comment": "export const f = (total) => {\n  // the server counts from one\n  return total;\n};",
    "silenced-tool": "// a note\nexport const one = 1;",
}
TYPED = {
    "explicit-any": ("export const f = (x: any) => x;", "export const any = 1; // any"),
    "type-assertion": ("export const f = (x: unknown) => x as string;", "export const f = ['a'] as const;"),
    "non-null-assertion": (
        "export const f = (x?: { y: 1 }) => x!.y;",
        "export const f = (x: boolean) => !x;",
    ),
    "single-heir": (
        "interface Shape { area(): number }\nexport class Square implements Shape { area() { return 1; } }",
        "interface Shape { readonly area: number }\nexport class Square implements Shape { area = 1; }",
    ),
}
ELSEWHERE = {
    "syntax-error",
    "cut-off",
    "too-deep",
    "no-statement",
    "other-language",
    "no-code-fence",
    "compiler",
}
"""What the analyzer itself says of a whole answer."""


def rules_of(code, dialect="javascript"):
    module = parse_module(code, dialect)
    marks = [
        *bug_marks(module),
        *structure_marks(module, ["f"]),
        *type_marks(module),
        *ecmascript_comment_marks(module),
    ]
    return {mark.rule for mark in marks}


def analyzed(code, language="typescript", prose="", cut_off=False, found="given"):
    answer = Answer(code=code, found=found, prose=prose)
    return asyncio.run(analyzer_for(language).analyze(answer, names=["f"], cut_off=cut_off))


@pytest.mark.parametrize("rule", BROKEN)
def test_it_is_seen(rule):
    assert rule in rules_of(BROKEN[rule])


@pytest.mark.parametrize("rule", SOUND)
def test_it_is_not_seen_where_it_is_not(rule):
    assert rule not in rules_of(SOUND[rule])


@pytest.mark.parametrize("rule", TYPED)
def test_types(rule):
    broken, sound = TYPED[rule]
    assert rule in rules_of(broken, "typescript")
    assert rule not in rules_of(sound, "typescript")


def test_each_rule_has_a_test_and_a_weight():
    seen = set(BROKEN) | set(TYPED) | ELSEWHERE | {"empty-comment", "comment-spam"}
    assert seen == set(RULES)
    weights = EcmaScriptWeights()
    assert all(weights.of(rule) is not None for rule in (*RULES, *OXLINT))
    assert weights.of("eslint/no-ternary") is None


def test_comments_that_say_nothing_are_spam():
    code = (
        "\n".join(f"// set value {n} to {n}\nconst value{n} = {n};" for n in range(20))
        + "\nexport { value1 };"
    )
    assert {"comment-spam", "restating-comment"} <= rules_of(code)
    assert "empty-comment" in rules_of("// robust, elegant, modern, scalable code\nexport const one = 1;")


def test_code_that_does_not_parse_has_the_lowest_quality():
    card = analyzed("export function f( {")
    assert card.quality == 1
    assert card.findings[0].rule == "syntax-error"


def test_code_that_was_cut_off_is_judged_by_half():
    card = analyzed("export function f() { return 1", cut_off=True)
    assert (card.quality, card.findings[0].rule) == (5, "cut-off")


def test_typescript_where_javascript_was_asked_for():
    card = analyzed("export function f(x: number): number { return x; }", "javascript")
    assert "other-language" in {finding.rule for finding in card.findings}
    assert card.quality == 7


def test_nothing_and_too_much():
    assert analyzed("// nothing here").findings[0].rule == "no-statement"
    assert analyzed("export const f = " + "[" * 1200 + "]" * 1200).findings[0].rule == "too-deep"


def test_code_outside_of_a_block_costs():
    assert analyzed("export const f = 1;", found="bare").findings[-1].axis == "documentation"
    assert any(f.rule == "no-code-fence" for f in analyzed("export const f = 1;", found="bare").findings)


def test_the_compilers_errors_cost():
    answer = Answer(code="export const f: number = 1;", found="given")
    wrong = Diagnostic(file="answer.ts", line=1, column=1, code=2322, message="no")
    plain = asyncio.run(TypeScriptAnalyzer().analyze(answer))
    worse = asyncio.run(TypeScriptAnalyzer().analyze_compiled(answer, [wrong] * 9))
    assert plain.quality - worse.quality == pytest.approx(3)
    assert sum(f.rule == "compiler" for f in worse.findings) <= 6


def test_prose_makes_up_for_a_part_of_what_the_code_does_not_say():
    code = "export function f(list) {\n  const copy = [...list];\n  copy.sort();\n  return copy;\n}"
    prose = (
        "The input stays as it was, since sorting happens on a copy. Equal numbers keep their order."
        " Sorting takes time in proportion to the logarithm of the length. Empty lists give empty lists."
    )
    silent, told = analyzed(code, "javascript"), analyzed(code, "javascript", prose)
    assert silent.documentation < 2
    assert 4 < told.documentation < 7
    assert analyzed(code, "javascript", prose * 20).documentation == told.documentation
    praised = analyzed(
        code, "javascript", f"{prose} This is robust, scalable, maintainable and production-ready."
    )
    assert praised.documentation < told.documentation


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abf(){}[]<>=>!.:;,?&|'\"`/*\\\n 1@async await for new class extends", max_size=200))
def test_any_text_is_marked_without_an_error(code):
    for dialect in ("javascript", "typescript"):
        assert isinstance(rules_of(code, dialect), set)


@pytest.mark.parametrize(
    "code",
    [
        "function f(){" * 240 + "}" * 240,
        "export async function f(a){ await 1; " + "a.push(1);" * 6000 + "}",
        "export function f(a){ return a.map(async (x)=>{ await 1; " + "o.push(1);" * 6000 + "});}",
        "/**\n" + " * {@link " * 6000 + "\n */\nexport function f(a) { return a; }",
        "export async function f(){" + "{ok" * 20000 + "fetch(1).json() }",
        "export const x = " + "a?b:" * 240 + "c;",
    ],
)
def test_hostile_code_is_analyzed_in_time(code):
    for language in ("javascript", "typescript"):
        assert 1 <= analyzed(code, language).quality <= 10
