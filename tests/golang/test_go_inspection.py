"""What Go's tools and our own checks find in an answer's text."""

from __future__ import annotations

import asyncio
import re

import pytest

from pytest_llmbench.sandbox.golang.workshop import Workshop

HEAD = """\
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
)

var _ = []any{context.Background, json.Marshal, errors.New, fmt.Sprint, io.Copy, http.Get, os.Args}
var _ = []any{strings.Cut, new(sync.Mutex)}
"""
LINES = HEAD.count("\n")


CASES: list[tuple[str, list[tuple[str, int]]]] = [
    ("func F() { os.Remove(`a`) }", [("check:unchecked-error", 1)]),
    ("func F() { go os.Remove(`a`) }", [("check:unchecked-error", 1)]),
    ("func F() { defer os.Remove(`a`) }", [("check:unchecked-error", 1)]),
    ("func F(f *os.File) { defer f.Close() }", []),
    ("func F() { _ = os.Remove(`a`) }", []),
    ("func F() { fmt.Println(`a`) }", []),
    ("func F(b *strings.Builder) { b.WriteString(`a`) }", []),
    ("func F() string { b, _ := os.ReadFile(`a`); return string(b) }", [("check:discarded-error", 1)]),
    ("func F() { _, _ = os.ReadFile(`a`) }", []),
    (
        "func F(w http.ResponseWriter) { json.NewEncoder(w).Encode(1) }",
        [("check:unchecked-response-write", 1)],
    ),
    ("func F(v any) int { return v.(int) }", [("check:unchecked-assertion", 1)]),
    ("func F(v any) int { n, _ := v.(int); return n }", []),
    ("func F(m map[string]any) int { v := m[`a`]; return v.(int) }", [("check:unchecked-assertion", 1)]),
    (
        "type H []int\n\nfunc (h *H) Push(v any) { *h = append(*h, v.(int)) }",
        [("check:unchecked-assertion", 3)],
    ),
    ("func F(v any) bool { switch v.(type) { case int: return true }; return false }", []),
    ("func F(n int, ctx context.Context) {}", [("check:context-not-first", 1)]),
    ("func F(ctx context.Context, n int) {}", []),
    (
        (
            "func F() (int, error) {\n\tr, err := http.DefaultClient.Do(nil)\n\tif err != nil {\n"
            "\t\treturn 0, err\n\t}\n\treturn r.StatusCode, nil\n}"
        ),
        [("check:unclosed-body", 2)],
    ),
    (
        (
            "func F() (int, error) {\n\tr, err := http.DefaultClient.Do(nil)\n\tif err != nil {\n"
            "\t\treturn 0, err\n\t}\n\tdefer r.Body.Close()\n\treturn r.StatusCode, nil\n}"
        ),
        [],
    ),
    ("func f() {}", [("check:unused", 1)]),
    ("var known = map[string]int{}\n\nfunc F() { known[`a`]++ }", [("check:global-state", 1)]),
    ("var known = map[string]int{}\n\nfunc F() int { return known[`a`] }", []),
    ("type helper struct{}\n\nfunc (helper) Help() {}\n\nvar H helper", [("check:empty-type", 1)]),
    (
        (
            "type handler struct{}\n\nfunc (handler) ServeHTTP(http.ResponseWriter, *http.Request) {}\n\n"
            "var H http.Handler = handler{}"
        ),
        [],
    ),
    ("func F() { fmt.Printf(`%d`, `a`) }", [("vet:printf", 1)]),
    (
        "func F(c context.Context) context.Context {\n\tctx, _ := context.WithCancel(c)\n\treturn ctx\n}",
        [("vet:lostcancel", 2)],
    ),
    ("func F(v interface{}) {}", [("fix:any", 1)]),
    (
        "func F(n []int) {\n\tfor _, v := range n {\n\t\tv := v\n\t\tfmt.Println(v)\n\t}\n}",
        [("fix:forvar", 3)],
    ),
]

_NAMES = re.compile(r"\b(?:F|f|H|known|helper|handler)\b")


@pytest.fixture(scope="module")
def findings(workshop: Workshop) -> list[list[tuple[str, int]]]:
    """What is found in each case, with lines that count from its own first one: all in one file, for time."""
    text, starts = HEAD, []
    for number, (code, _) in enumerate(CASES):
        starts.append(text.count("\n"))
        text += _NAMES.sub(rf"\g<0>{number}", code) + "\n\n"
    inspection = asyncio.run(workshop.inspect(text))
    found: list[list[tuple[str, int]]] = [[] for _ in CASES]
    for problem in inspection.problems:
        line = problem.line or 0
        number = max(n for n, start in enumerate(starts) if start < line)
        found[number].append((f"{problem.tool}:{problem.rule}", line - starts[number]))
    return found


@pytest.mark.parametrize("number", range(len(CASES)), ids=[code.split("\n")[0] for code, _ in CASES])
def test_what_is_found(findings: list[list[tuple[str, int]]], number: int) -> None:
    assert findings[number] == CASES[number][1]


LOCKS = """\
var mu sync.Mutex

func taken() {
	mu.Lock()
	defer mu.Unlock()
}

type Box struct{ mu sync.Mutex }

func (b *Box) Get() {
	b.mu.Lock()
	defer b.mu.Unlock()
}

func F(b, other *Box) {
	mu.Lock()
	defer mu.Unlock()
	go taken()
	b.Get()
	%s
}

func (b *Box) Both(other *Box) {
	b.mu.Lock()
	defer b.mu.Unlock()
	%s
}
"""


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("one", "two", "lines"),
    [("", "", []), ("taken()", "", [20]), ("", "b.Get()", [26]), ("", "other.Get()", [])],
)
async def test_a_lock_that_is_taken_twice(workshop: Workshop, one: str, two: str, lines: list[int]) -> None:
    inspection = await workshop.inspect(HEAD + LOCKS % (one, two))
    assert [(p.line or 0) - LINES for p in inspection.problems if p.rule == "deadlock"] == lines


@pytest.mark.asyncio
async def test_types_that_are_wrong(workshop: Workshop) -> None:
    inspection = await workshop.inspect(HEAD + "func F() int { return `a` }\n\nfunc G() { os.Remove(`a`) }")
    assert [(p.tool, p.rule, p.line) for p in inspection.problems] == [("types", "compile", LINES + 1)]


@pytest.mark.asyncio
async def test_a_package_that_is_not_there(workshop: Workshop) -> None:
    inspection = await workshop.inspect('package main\n\nimport "github.com/a/b"\n\nvar B = b.C\n')
    assert [(p.tool, p.line) for p in inspection.problems] == [("compile", 3)]


@pytest.mark.asyncio
async def test_what_does_not_parse_is_not_described(workshop: Workshop) -> None:
    inspection = await workshop.inspect("package main\n\nfunc F( {}\n")
    assert inspection.problems[0].tool == "parse"
    assert inspection.declarations == ()


SHAPE = """\
// Package shape is here for its shape.
package shape

// Square is a shape.
type Square struct{ side int } // in metres

// Area gives its area.
//
// It has a second paragraph.
func (s *Square) Area(scale, offset int) (area int, err error) {
	// why it is so
	for range scale {
		if offset > 0 && scale > 0 || s.side > 1 { // twice
			switch s.side {
			case 1, 2:
				area++
			case 3:
			}
		} else if offset < 0 {
			area--
		}
	}
	return area, nil
}
"""


@pytest.mark.asyncio
async def test_declarations_and_comments_are_described(workshop: Workshop) -> None:
    inspection = await workshop.inspect(SHAPE)
    square, area = inspection.declarations
    assert (square.name, square.kind, square.line, square.doc) == (
        "Square",
        "type",
        5,
        "Square is a shape.\n",
    )
    assert (area.name, area.kind, area.line) == ("Area", "method", 10)
    assert area.doc == "Area gives its area.\n\nIt has a second paragraph.\n"
    assert (area.parameters, area.results) == (("scale", "offset"), 2)
    assert (area.statements, area.nesting, area.paths) == (7, 3, 8)
    assert {"Area", "Square", "scale"} <= set(area.words)
    assert inspection.package_doc == "Package shape is here for its shape.\n"
    assert [(c.line, c.lines, c.code) for c in inspection.comments] == [
        (5, ("in metres",), "type Square struct{ side int }"),
        (11, ("why it is so",), "for range scale {"),
        (13, ("twice",), "if offset > 0 && scale > 0 || s.side > 1 {"),
    ]
    assert inspection.code_lines == 16
    assert inspection.unformatted == ()


@pytest.mark.asyncio
async def test_lines_that_gofmt_would_change(workshop: Workshop) -> None:
    inspection = await workshop.inspect("package a\n\nfunc F()  int {\n  return 1\n}\n")
    assert inspection.unformatted == (3, 4)


@pytest.mark.asyncio
async def test_the_same_text_is_inspected_alike(workshop: Workshop) -> None:
    code = HEAD + "var a, b, c, d = 1, 2, 3, 4\n\nfunc f() { os.Remove(``); os.Remove(``) }\n"
    assert await workshop.inspect(code) == await workshop.inspect(code)
