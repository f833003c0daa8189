"""What does nothing, or takes a detour, is found in Go; what another style needs is not.

The cases stand in two files beside this one, each below its title, with `// want RULE` where something is
to be found. `$` stands for a number that makes the names of a case its own: so all cases are one file, and
Go's tools run once. `F$` is what each was asked to declare.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from asking import ask, document, html
from chatserver import ChatServer
from runtimes import needed

from pytest_llmbench.commands.new import new_task
from pytest_llmbench.sandbox.golang.workshop import Workshop
from pytest_llmbench.toolchains.go_status import prepare_go

HEAD = """\
package main

import (
	"container/heap"
	"container/list"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sort"
	"strings"
	"sync"
)

var _ = []any{fmt.Sprint, io.Copy, http.Get, runtime.GC, sort.Sort, strings.Cut}
var _ = []any{heap.Fix, list.New, sync.OnceFunc}

func main() { run() }

func run() {}

"""

UNKNOWN = """\
func Any$() int { return 1 }
////
func f$() int { return g$(2) } // want unused

func g$(n int) int { return n }
////
type Clock$ interface{ Now$() int }

type fixed$ struct{ at int }

func (f *fixed$) Now$() int { f.at++; return f.at }

func Ask$(clock Clock$) int { return clock.Now$() }

var Fixed$ Clock$ = &fixed${}
"""

_WANT = re.compile(r"// want (.+)")


def cases(name: str) -> dict[str, str]:
    text = Path(__file__).with_name(name).read_text("utf-8")
    return dict(case.split("\n", 1) for case in text.split("//// ")[1:])


PADDED = cases("padded.go.txt")
HONEST = cases("honest.go.txt")


def wanted(code: str) -> list[tuple[int, str]]:
    lines = enumerate(code.split("\n"))
    return [(line, rule) for line, text in lines for found in _WANT.findall(text) for rule in found.split()]


def found_in(workshop: Workshop, codes: Sequence[str], *, known: bool) -> list[list[tuple[int, str]]]:
    """What is found in each of some cases, with lines that count from its own first one."""
    text, starts = HEAD, []
    for number, code in enumerate(codes):
        starts.append(text.count("\n") + 1)
        text += code.replace("$", str(number)) + "\n"
    names = [f"F{number}" for number in range(len(codes))] if known else []
    inspection = asyncio.run(workshop.inspect(text, names))
    found: list[list[tuple[int, str]]] = [[] for _ in codes]
    for problem in inspection.problems:
        line = problem.line or 0
        number = max((n for n, start in enumerate(starts) if start <= line), default=0)
        rule = problem.rule if problem.tool == "check" else f"{problem.tool}:{problem.rule}"
        found[number].append((line - starts[number], rule))
    return found


@pytest.fixture(scope="module")
def findings(workshop: Workshop) -> dict[str, list[tuple[int, str]]]:
    everything = {**PADDED, **HONEST}
    return dict(zip(everything, found_in(workshop, list(everything.values()), known=True), strict=True))


@pytest.mark.parametrize("what", PADDED)
def test_padding_is_found(findings: dict[str, list[tuple[int, str]]], what: str) -> None:
    assert wanted(PADDED[what])
    assert findings[what] == wanted(PADDED[what])


@pytest.mark.parametrize("what", HONEST)
def test_another_style_is_not(findings: dict[str, list[tuple[int, str]]], what: str) -> None:
    assert findings[what] == []


def test_where_nobody_says_what_was_asked_what_is_exported_was(workshop: Workshop) -> None:
    codes = UNKNOWN.split("////\n")
    assert found_in(workshop, codes, known=False) == [wanted(code) for code in codes]


PADDED_ANSWER = """\
// Package ranks finds numbers by their rank.
package ranks

import "slices"

// Ranker is what knows ranks.
type Ranker interface {
	rank(numbers []int) (int, bool)
}

type sortingRanker struct{}

func (sortingRanker) rank(numbers []int) (int, bool) {
	sorted := slices.Compact(slices.Sorted(slices.Values(numbers)))
	if len(sorted) < 2 {
		return 0, false
	}
	return sorted[len(sorted)-2], true
}

// Second returns the second largest of the distinct numbers, and whether there is one.
// The slice stays as it is.
func Second(numbers []int) (int, bool) {
	var ranker Ranker = sortingRanker{}
	return ranker.rank(numbers)
}

// Third returns the third largest of some numbers that are sorted by their size.
func Third(numbers []int) int {
	return numbers[2]
}
"""


@pytest.mark.slow
def test_each_finding_of_an_answer_has_its_line_and_points(
    pytester: pytest.Pytester, make_server: Callable[..., ChatServer]
) -> None:
    """From a reply in Go to the reports: what is right, and padded, is not to be merged."""
    needed(lambda: prepare_go(os.environ))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    new_task("second", "go", pytester.mkdir("suite"))
    server = make_server(f"Here it is.\n\n```go\n{PADDED_ANSWER}```\n")
    ask(pytester, server).assert_outcomes(failed=1)
    (sample,) = document(pytester)["results"][0]["samples"]
    found = {f["rule"]: (f["line"], f["points"]) for f in sample["findings"] if f["axis"] == "quality"}
    assert found == {
        "single-heir": (7, -1.0),
        "empty-type": (11, -1.0),
        "unasked": (29, -0.9),
        "padded": (None, 0.0),
    }
    assert all(check["passed"] for check in sample["checks"])
    assert sample["axes"]["quality"] == 7.1
    assert sample["total"] < 6.5
    page = html(pytester)
    assert "Third was not asked for, and nothing here uses it" in page
