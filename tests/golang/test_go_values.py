"""Values cross to Go and back: as themselves where Go has them, and as nothing else where it has not."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.golang.launcher import GoLauncher
from pytest_llmbench.sandbox.host import Observation, Opaque, Source
from pytest_llmbench.sandbox.jsvalues import JsError

CODE = """\
package values

import (
	"errors"
	"math"
)

type point struct {
	X int     `json:"x"`
	Y float64 `json:"y"`
	hidden int
}

type shape struct {
	Name   string
	Corner *point
	Tags   []string
}

type secret struct{ inside int }

type tree struct{ Next *tree }

func same(value any) any                           { return value }
func ints(values []int64) []int64                  { return values }
func small(value int8) int8                        { return value }
func unsigned(value uint64) uint64                 { return value }
func floats(values []float64) []float64            { return values }
func text(value string) string                     { return value }
func bytes(value []byte) []byte                    { return value }
func table(values map[string][]int) map[string][]int { return values }
func byNumber(values map[int]string) map[int]string { return values }
func moved(from point) point                       { from.X++; return from }
func drawn(from shape) shape                       { return from }
func optional(value *int) *int                     { return value }
func fixed(values [3]int) [3]int                   { return values }
func grown(values []int) []int                     { values[0] = 7; return append(values, 1) }
func joined(first string, rest ...string) int      { return len(first) + len(rest) }
func two() (int, string)                           { return 1, "a" }
func nothing()                                     {}
func failing(fail bool) (int, error) {
	if fail {
		return 0, errors.New("no such thing")
	}
	return 5, nil
}
func failure() []error   { return []error{errors.New("inside"), nil} }
func hidden() secret     { return secret{1} }
func channel() chan int  { return make(chan int) }
func function() func()   { return nothing }
func notText() string    { return "a\\xff" }
func endless() *tree     { t := &tree{}; t.Next = t; return t }
func extremes() []any {
	least, most := int64(math.MinInt64), uint64(math.MaxUint64)
	return []any{least, most, math.Inf(-1), math.Copysign(0, -1), 1e300, float32(0.5)}
}
func huge() []string     { return make([]string, 1<<24) }
"""

Call = Callable[..., Observation]


@pytest.fixture(scope="module")
def call(launcher: GoLauncher) -> Iterator[Call]:
    with asyncio.Runner() as runner:
        host = runner.run(launcher.load(Source(code=CODE)))
        try:
            yield lambda name, *args: runner.run(host.call(name, args, 10))
        finally:
            runner.run(host.close())


texts = st.text(st.characters(exclude_categories=["Cs"]))
whole = st.integers(-(2**63), 2**63 - 1)
scalars = st.none() | st.booleans() | whole | st.floats(allow_nan=False) | texts | st.binary(max_size=30)
keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | whole | st.booleans()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(texts, inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


def alike(left: object, right: object) -> bool:
    """Equal, and of the same types: 1 is neither 1.0 nor True; the order of a map's keys is nobody's."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        mine = {(type(key), key): value for key, value in left.items()}
        other = {(type(key), key): value for key, value in right.items()}
        return mine.keys() == other.keys() and all(alike(mine[key], other[key]) for key in mine)
    return bool(left == right) and repr(left) == repr(right)


@given(value=values)
@settings(deadline=None)
def test_what_is_plain_comes_back_as_it_was(call: Call, value: object) -> None:
    observed = call("same", value)
    assert alike(observed.value, value)
    assert alike(observed.arguments[0], value)


@given(value=st.lists(whole, max_size=5))
@settings(deadline=None, max_examples=30)
def test_whole_numbers(call: Call, value: list[int]) -> None:
    assert call("ints", value).value == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("small", -128),
        ("unsigned", 2**63 - 1),
        ("floats", [0.5, -0.0, math.inf, 1e-320]),
        ("text", 'a\u2028\U0001f600\x00"\\'),
        ("bytes", bytes(range(256))),
        ("table", {"a": [1, 2], "": []}),
        ("byNumber", {-1: "a", 2: "b"}),
        ("drawn", {"Name": "a", "Corner": {"x": 1, "y": 2.5}, "Tags": ["b"]}),
        ("drawn", {"Name": "a", "Corner": None, "Tags": []}),
        ("optional", 3),
        ("optional", None),
        ("fixed", [1, 2, 3]),
    ],
)
def test_typed_values(call: Call, name: str, value: object) -> None:
    assert alike(call(name, value).value, value)


def test_a_whole_number_becomes_a_float_where_one_is_asked_for(call: Call) -> None:
    assert alike(call("floats", [1, 2.5]).value, [1.0, 2.5])


def test_nothing_becomes_an_empty_list_where_one_is_asked_for(call: Call) -> None:
    assert call("ints", None).value == []


def test_an_unnamed_field_is_zero_and_a_private_one_is_not_there(call: Call) -> None:
    assert call("moved", {"x": 1}).value == {"x": 2, "y": 0.0}


def test_not_a_number(call: Call) -> None:
    assert math.isnan(call("same", math.nan).value)


def test_a_tuple_and_a_set_become_lists(call: Call) -> None:
    assert call("same", (1, (2,))).value == [1, [2]]
    assert sorted(call("same", {1, 2}).value) == [1, 2]


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("small", (128,), "a whole number cannot become a int8"),
        ("unsigned", (-1,), "cannot become a uint64"),
        ("text", (1,), "argument 1: a whole number cannot become a string"),
        ("ints", ([1, "a"],), "a string cannot become a int64"),
        ("ints", ([1.0],), "a float cannot become a int64"),
        ("fixed", ([1, 2],), "a list cannot become a [3]int"),
        ("moved", ({"z": 1},), 'has no field "z"'),
        ("moved", ({"hidden": 1},), 'has no field "hidden"'),
        ("text", (), "it takes 1 arguments, 0 were given"),
        ("joined", (), "it takes 1 arguments, 0 were given"),
        ("two", (1,), "it takes 0 arguments, 1 were given"),
    ],
)
def test_what_does_not_fit_is_said(call: Call, name: str, args: tuple[Any, ...], said: str) -> None:
    with pytest.raises(CandidateError) as caught:
        call(name, *args)
    assert caught.value.type_name == "TypeError"
    assert said in str(caught.value)


def test_whole_numbers_of_more_than_64_bits_do_not_fit(call: Call) -> None:
    with pytest.raises(CandidateError, match="64 bits"):
        call("same", 2**64)


def test_results(call: Call) -> None:
    assert call("two").value == (1, "a")
    assert call("nothing").value is None
    assert call("joined", "ab", "c", "d").value == 4
    assert call("failing", False).value == 5
    with pytest.raises(CandidateError) as caught:
        call("failing", True)
    assert (caught.value.type_name, caught.value.message) == ("error", "no such thing")


def test_effects_on_arguments_are_seen(call: Call) -> None:
    observed = call("grown", [1, 2])
    assert observed.value == [7, 2, 1]
    assert observed.arguments == ([7, 2],)
    assert observed.returned_argument is None


def test_an_argument_that_comes_back_is_told_from_an_equal_one(call: Call) -> None:
    assert call("ints", [1, 2]).returned_argument == 0
    assert call("table", {"a": [1]}).returned_argument == 0
    assert call("text", "a").returned_argument is None


@pytest.mark.parametrize("name", ["hidden", "channel", "function", "notText"])
def test_what_cannot_cross_is_opaque(call: Call, name: str) -> None:
    value = call(name).value
    assert isinstance(value, Opaque)
    assert value != value  # noqa: PLR0124 - that is the point of it


def test_errors_inside_values(call: Call) -> None:
    assert call("failure").value == [JsError("*errors.errorString", "inside"), None]


def test_extreme_numbers(call: Call) -> None:
    found = call("extremes").value
    assert alike(found, [-(2**63), 2**64 - 1, -math.inf, -0.0, 1e300, 0.5])


def test_a_value_without_an_end_ends(call: Call) -> None:
    value: Any = call("endless").value
    for _ in range(10):
        assert set(value) == {"Next"}
        value = value["Next"]


def test_a_value_that_is_too_large_is_an_error(call: Call) -> None:
    with pytest.raises(CandidateError) as caught:
        call("huge")
    assert caught.value.type_name == "OverflowError"
    assert call("text", "still here").value == "still here"
