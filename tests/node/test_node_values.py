"""Values cross to Node and back with their types; what is not exactly a built-in type is opaque."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_llmbench.errors import CandidateError, TaskError
from pytest_llmbench.sandbox.codec import MAX_DEPTH
from pytest_llmbench.sandbox.host import Observation, Opaque, Source
from pytest_llmbench.sandbox.jsvalues import UNDEFINED, BigInt, JsError, JsMap
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.sandbox.node.launcher import NodeLauncher

Load = Callable[..., Awaitable[NodeHost]]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_SAFE = 2**53 - 1

texts = st.text(st.characters())
numbers = (
    st.integers(-MAX_SAFE, MAX_SAFE) | st.floats(allow_nan=False) | st.integers(54, 1023).map(lambda n: 2**n)
)
dates = st.datetimes(timezones=st.just(UTC)).map(
    lambda date: date.replace(microsecond=date.microsecond // 1000 * 1000, fold=0)
)
errors = st.builds(JsError, st.sampled_from(["Error", "TypeError", "RangeError", "HttpError"]), texts)
_scalars = (
    st.none()
    | st.booleans()
    | numbers
    | texts
    | st.binary(max_size=20)
    | st.just(UNDEFINED)
    | st.integers().map(BigInt)
    | dates
    | errors
)


# Composite, since the text that describes a nested strategy grows with each use of it.
@st.composite
def scalars(draw: st.DrawFn) -> object:
    return draw(_scalars)


_members = st.recursive(
    scalars(),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)


@st.composite
def members(draw: st.DrawFn) -> object:
    return draw(_members)


def maps(inner: st.SearchStrategy[object]) -> st.SearchStrategy[JsMap]:
    pairs = st.tuples(inner, inner)
    return st.lists(pairs, max_size=4, unique_by=lambda pair: repr(comparable(pair[0]))).map(JsMap)


values = st.recursive(
    scalars() | st.just(math.nan),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(
            texts | st.sampled_from(["__proto__", "constructor", "$", "v", "1"]), inner, max_size=4
        )
        | st.sets(members(), max_size=4)
        | st.frozensets(members(), max_size=4)
        | maps(inner)
    ),
    max_leaves=20,
)


def comparable(value: object) -> object:
    """What has to come back, with all types: JavaScript has one of number, and one of list."""
    if type(value) in (int, float):
        number = float(value)  # type: ignore[arg-type]
        return repr(int(number)) if number.is_integer() and abs(number) <= MAX_SAFE else repr(number)
    if isinstance(value, (list, tuple)):
        return list, [comparable(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return set, sorted(repr(comparable(item)) for item in value)
    if isinstance(value, dict):
        return dict, sorted((key, repr(comparable(item))) for key, item in value.items())
    if isinstance(value, JsMap):
        return JsMap, [(comparable(key), comparable(item)) for key, item in value]
    return type(value), repr(value)


IDENTITY = "export const same = (value) => value; export const none = () => {};"


@pytest.fixture(scope="module")
def echo(launcher: NodeLauncher) -> object:
    """Calls one process of one answer from ordinary functions."""
    with asyncio.Runner() as runner:
        host = runner.run(launcher.load(Source(code=IDENTITY)))
        yield lambda *args: runner.run(host.call("same", args, 10))
        runner.run(host.close())


Echo = Callable[..., Observation]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=values)
def test_round_trip(echo: Echo, value: object) -> None:
    observation = echo(value)
    assert comparable(observation.value) == comparable(value)
    assert comparable(observation.arguments[0]) == comparable(value)


def test_what_arrives_equals_what_was_sent(echo: Echo) -> None:
    value = {
        "list": [1, -2.5, "text", None, True, math.inf, -math.inf],
        "set": {1, "a", (1, 2), frozenset({3})},
        "map": JsMap([([1], {2}), ("key", UNDEFINED)]),
        "bytes": b"\x00\xff",
        "big": BigInt(-(10**40)),
        "date": EPOCH + timedelta(milliseconds=1),
        "error": JsError("TypeError", "text"),
        "__proto__": {"nested": "own"},
    }
    observation = echo(value)
    assert observation.value == value
    assert observation.returned_argument == 0


@pytest.mark.parametrize(
    "value", [-0.0, math.nan, 2.0**53, 2.0**60, -(2.0**69), 1e21, 5e-324, 1.7976931348623157e308]
)
def test_special_numbers(echo: Echo, value: float) -> None:
    returned = echo(value).value
    assert type(returned) is float
    assert repr(returned) == repr(value)


def test_whole_numbers_are_ints(echo: Echo) -> None:
    returned = echo([1.0, MAX_SAFE, -MAX_SAFE, 0]).value
    assert returned == [1, MAX_SAFE, -MAX_SAFE, 0]
    assert {type(item) for item in returned} == {int}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2**53 + 1, "BigInt"),
        (10**400, "BigInt"),
        ({1: "a"}, "JsMap"),
        ({("a",): 1}, "JsMap"),
        (object(), "object"),
        ([Opaque("Foo")], "Opaque"),
        (datetime(2026, 1, 1), "time zone"),  # noqa: DTZ001 - that is what is refused
    ],
)
def test_what_javascript_cannot_hold_is_refused(echo: Echo, value: object, text: str) -> None:
    with pytest.raises(TaskError, match=text):
        echo(value)
    assert echo(1).value == 1


def test_large_values(echo: Echo) -> None:
    graph = JsMap(
        (node, JsMap([((node + 1) % 20_000, node * 0.5), ((node * 7) % 20_000, 1)])) for node in range(20_000)
    )
    assert echo(graph).value == graph


def depth_of(value: object) -> tuple[int, object]:
    """How many containers of one element lie in each other, and what the innermost holds."""
    depth = 0
    while isinstance(value, (list, dict, JsMap)):
        depth += 1
        (value,) = value.values() if isinstance(value, dict) else value
        value = value[1] if isinstance(value, tuple) else value
    return depth, value


@pytest.mark.parametrize(
    ("make", "deepest"),
    [
        (lambda inner: [inner], MAX_DEPTH - 2),
        (lambda inner: {"a": inner}, MAX_DEPTH // 2 - 1),
        (lambda inner: JsMap([(1, inner)]), MAX_DEPTH // 2 - 1),
    ],
)
def test_deep_values(echo: Echo, make: Callable[[object], object], deepest: int) -> None:
    value: object = 1
    for _ in range(deepest):
        value = make(value)
    assert depth_of(echo(value).value) == (deepest, 1)


DEEP = """
export function f(wrap, depth) {
  let value = 1;
  for (let i = 0; i < depth; i += 1) {
    value = { list: [value], object: { a: value }, map: new Map([[1, value]]) }[wrap];
  }
  return value;
}
"""


@pytest.mark.asyncio
@pytest.mark.parametrize(("wrap", "name"), [("list", "Array"), ("object", "Object"), ("map", "Map")])
async def test_what_is_too_deep_is_opaque(load: Load, wrap: str, name: str) -> None:
    host = await load(DEEP)
    whole = (await host.call("f", (wrap, MAX_DEPTH), 10)).value
    assert depth_of(whole) == (MAX_DEPTH, 1)
    depth, innermost = depth_of((await host.call("f", (wrap, 20 * MAX_DEPTH), 10)).value)
    assert depth == MAX_DEPTH
    assert isinstance(innermost, Opaque)
    assert innermost.type_name == name


HUGE = [
    "'x'.repeat(2 ** 25)",
    "'\\u{1F600}'.repeat(2 ** 22)",
    "new Uint8Array(2 ** 25)",
    "new Array(2 ** 31)",
    "Array.from({ length: 25 }).reduce((inner) => [inner, inner], 1)",
    "(1n << (2n ** 27n))",
    "Array.from({ length: 1e6 }, () => ({}))",
]


@pytest.mark.asyncio
@pytest.mark.parametrize("expression", HUGE)
async def test_what_is_too_large_is_an_error(load: Load, expression: str) -> None:
    host = await load(f"export const f = () => {expression}; export const g = () => 1;")
    with pytest.raises(CandidateError) as caught:
        await host.call("f", (), 20)
    assert (caught.value.type_name, caught.value.message) == ("RangeError", "the result is too large")
    assert (await host.call("g", (), 10)).value == 1


RETURNED = [
    ("undefined", UNDEFINED),
    ("[1, , 3]", [1, UNDEFINED, 3]),
    ("Object.assign([1], { extra: 2 })", [1]),
    ("Object.create(null, { a: { value: 1, enumerable: true } })", {"a": 1}),
    ("({ [Symbol('s')]: 1, a: 2 })", {"a": 2}),
    ("Object.defineProperty({ a: 1 }, 'hidden', { value: 2 })", {"a": 1}),
    ("new Set([[1], new Set([2]), NaN])", None),
    ("Buffer.from('ab')", b"ab"),
    ("new Uint8Array([1, 2]).subarray(1)", b"\x02"),
    ("new ArrayBuffer(2)", b"\0\0"),
    ("new Uint8Array(new ArrayBuffer(8), 2, 3)", b"\0\0\0"),
    ("new Date(5)", EPOCH + timedelta(milliseconds=5)),
    ("new TypeError('text')", JsError("TypeError", "text")),
    ("new (class HttpError extends Error {})('text')", JsError("HttpError", "text")),
    ("Object.assign(new Error('text'), { name: 'NotFound' })", JsError("NotFound", "text")),
    ("new DOMException('text', 'AbortError')", JsError("AbortError", "text")),
    ("new AggregateError([], 'text')", JsError("AggregateError", "text")),
    ("'\\ud800'", "\ud800"),
    ("2n ** 64n", BigInt(2**64)),
    ("-0x1fn", BigInt(-31)),
    ("Object.freeze([Object.freeze({ a: 1 })])", [{"a": 1}]),
    ("arguments.length", 0),
    ("new Promise((resolve) => setTimeout(resolve, 1, 'later'))", "later"),
    ("({ then(resolve) { resolve('thenable') } })", "thenable"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("expression", "expected"), RETURNED)
async def test_what_comes_back(load: Load, expression: str, expected: object) -> None:
    host = await load(f"export function f() {{ return {expression}; }}")
    value = (await host.call("f", (), 10)).value
    if expected is None:
        assert {(1,), frozenset({2})} < value
        assert any(math.isnan(item) for item in value if isinstance(item, float))
    else:
        assert value == expected
        assert type(value) is type(expected)


OPAQUE = [
    ("function f() {}", "function"),
    ("class {}", "function"),
    ("Symbol('s')", "symbol"),
    ("new (class Point { x = 1 })()", "Point"),
    ("new (class extends Array {})()", "Object"),
    ("new (class Stack extends Array {})()", "Stack"),
    ("new (class Cache extends Map {})()", "Cache"),
    ("new (class Tags extends Set {})()", "Tags"),
    ("new (class Day extends Date {})()", "Day"),
    ("new (class Chunk extends Uint8Array {})(1)", "Chunk"),
    ("new Proxy({}, {})", "Proxy"),
    ("new Proxy([], { get() { throw new Error('seen') } })", "Proxy"),
    ("Object.setPrototypeOf(new Map(), Object.prototype)", "Object"),
    ("Object.setPrototypeOf(new Map(), null)", "Object"),
    ("Object.setPrototypeOf([], Object.prototype)", "Object"),
    ("Object.setPrototypeOf({}, Array.prototype)", "Array"),
    ("Object.setPrototypeOf({}, Map.prototype)", "Map"),
    ("Object.setPrototypeOf({}, Date.prototype)", "Date"),
    ("Object.setPrototypeOf({}, DOMException.prototype)", "DOMException"),
    ("new Number(1)", "Number"),
    ("new String('a')", "String"),
    ("Object(1n)", "BigInt"),
    ("/x/", "RegExp"),
    ("new WeakMap()", "WeakMap"),
    ("[Promise.resolve(1)][0] && { p: Promise.resolve(1) }.p.constructor", "function"),
    ("(function () { return arguments; })(1)", "Object"),
    ("(function* () {})()", "Object"),
    ("new Float64Array(1)", "Float64Array"),
    ("new DataView(new ArrayBuffer(1))", "DataView"),
    ("new SharedArrayBuffer(1)", "SharedArrayBuffer"),
    ("new Map().entries()", "Object"),
    ("globalThis", "Object"),
    ("new Date(NaN)", "Invalid Date"),
    ("new Date(8.64e15)", "Date"),
    ("{ get a() { throw new Error('seen') } }", "getter"),
    ("{ get constructor() { throw new Error('seen') }, __proto__: { own: 1 } }", "Object"),
    ("{ __proto__: { constructor: { name: 'Fake' } } }", "Object"),
    ("{ __proto__: new Proxy({}, { getOwnPropertyDescriptor() { throw new Error('seen') } }) }", "Object"),
    ("((a) => (a.push(a), a))([])", "Array"),
    ("((m) => m.set('self', m))(new Map())", "Map"),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("expression", "name"), OPAQUE)
async def test_what_is_opaque(load: Load, expression: str, name: str) -> None:
    """It is inside an array, since a value by itself may be awaited; a part of it may be what is opaque."""
    host = await load(f"export function f() {{ return [({expression})]; }}")
    (value,) = (await host.call("f", (), 10)).value
    while not isinstance(value, Opaque):
        (value,) = (
            value.values()
            if isinstance(value, dict)
            else [pair[1] for pair in value]
            if isinstance(value, JsMap)
            else value
        )
    assert value.type_name == name
    assert value != value  # noqa: PLR0124 - the point of it


@pytest.mark.asyncio
async def test_objects_in_a_set_are_opaque(load: Load) -> None:
    host = await load("export const f = () => new Set([{ a: 1 }, new Map()])")
    assert sorted(item.type_name for item in (await host.call("f", (), 10)).value) == ["Map", "Object"]


@pytest.mark.asyncio
async def test_one_value_twice_is_no_cycle(load: Load) -> None:
    host = await load("export function f() { const one = [1]; return { a: one, b: [one, one] }; }")
    assert (await host.call("f", (), 10)).value == {"a": [1], "b": [[1], [1]]}
