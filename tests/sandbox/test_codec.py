"""What is encoded comes back as it was; what is no value is refused, and never hurts the judge."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_llmbench.sandbox.codec import MAX_DEPTH, ProtocolError, inside_codec
from pytest_llmbench.sandbox.host import Opaque
from pytest_llmbench.sandbox.jsvalues import UNDEFINED, BigInt, JsError, JsMap
from pytest_llmbench.sandbox.wire import frame, judge_codec, read_frame

JUDGE = judge_codec()
INSIDE = inside_codec()

texts = st.text(st.characters())
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts | st.binary(max_size=20)
)
keys = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
        | st.sets(keys, max_size=4)
        | st.frozensets(keys, max_size=4)
    ),
    max_leaves=20,
)


def shape(value: object) -> object:
    """A value with the types of everything in it, the order of dicts and the signs of zeros."""
    if isinstance(value, dict):
        return dict, tuple((shape(key), shape(item)) for key, item in value.items())
    if isinstance(value, (set, frozenset)):
        return type(value), frozenset(shape(item) for item in value)
    if isinstance(value, (list, tuple)):
        return type(value), tuple(shape(item) for item in value)
    return type(value), repr(value)


def nested(make: type, depth: int) -> object:
    value: object = make()
    for _ in range(depth - 1):
        value = make([value])
    return value


def depth_of(value: object) -> int:
    depth = 0
    while type(value) in (list, tuple, dict):
        depth += 1
        value = next(iter(value.values() if isinstance(value, dict) else value), None)
    return depth


@settings(deadline=None)
@given(values)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert shape(JUDGE.decode(INSIDE.encode(value))) == shape(value)
    assert shape(INSIDE.decode(JUDGE.encode(value))) == shape(value)


@settings(deadline=None)
@given(values)
def test_the_reader_for_deep_values_agrees_with_the_fast_one(value: object) -> None:
    text = INSIDE.encode(value)
    assert shape(JUDGE._scan_deep(text)[0]) == shape(JUDGE.decode(text))


@settings(deadline=None)
@given(st.text(alphabet='[]{}:,"$v01.-einftuplsd \\', max_size=60) | st.text(max_size=40))
def test_any_text_is_a_value_or_a_protocol_error(text: str) -> None:
    for read in (JUDGE.decode, INSIDE.decode):
        try:
            read(text)
        except ProtocolError:
            continue


@settings(deadline=None)
@given(st.text(alphabet='[]{}:,"$v01.-einftuplsd', max_size=60))
def test_the_reader_for_deep_values_raises_nothing_unforeseen(text: str) -> None:
    try:
        JUDGE._scan_deep(text)
    except (ValueError, TypeError, StopIteration):
        return


@pytest.mark.parametrize("make", [list, tuple])
@pytest.mark.parametrize("depth", [300, 900, MAX_DEPTH])
def test_deep_values_cross(make: type, depth: int) -> None:
    assert depth_of(JUDGE.decode(INSIDE.encode(nested(make, depth)))) == depth


def test_deep_dicts_cross() -> None:
    value: object = 1
    for _ in range(900):
        value = {"down": value}
    assert depth_of(JUDGE.decode(INSIDE.encode(value))) == 900


def test_what_is_deeper_than_the_bound_is_opaque_there() -> None:
    assert depth_of(JUDGE.decode(INSIDE.encode(nested(list, MAX_DEPTH + 500)))) == MAX_DEPTH


@pytest.mark.parametrize("opening", ["[", '{"$":"tuple","v":['])
def test_endless_nesting_is_a_protocol_error(opening: str) -> None:
    with pytest.raises(ProtocolError):
        JUDGE.decode(opening * 500_000)


def test_a_cycle_is_opaque_where_it_closes() -> None:
    value: list[object] = [1]
    value.append({"again": value})
    crossed = JUDGE.decode(INSIDE.encode(value))
    assert isinstance(crossed, list)
    assert crossed[1]["again"].type_name == "list"


def test_a_shared_value_is_no_cycle() -> None:
    shared = [1]
    assert JUDGE.decode(INSIDE.encode([shared, shared, (shared,)])) == [[1], [1], ([1],)]


class Always(int):
    """Says that it equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    "value", [Always(), type("S", (str,), {})("x"), type("D", (dict,), {})(), object(), 1j, len]
)
def test_other_types_are_opaque_and_equal_nothing(value: object) -> None:
    crossed = JUDGE.decode(INSIDE.encode(value))
    assert isinstance(crossed, Opaque)
    assert crossed.type_name == type(value).__name__
    assert crossed != value
    assert crossed != crossed  # noqa: PLR0124


@pytest.mark.parametrize("value", [object(), Always(), Opaque("x"), datetime(2024, 1, 1)])  # noqa: DTZ001
def test_the_judge_refuses_to_send_what_cannot_cross(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be sent into the sandbox"):
        JUDGE.encode([value])


def test_a_number_longer_than_pythons_limit_of_digits_crosses() -> None:
    assert JUDGE.decode(INSIDE.encode(7**20_000)) == 7**20_000


def test_nan_crosses() -> None:
    value = JUDGE.decode(INSIDE.encode(math.nan))
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    "value",
    [
        UNDEFINED,
        JsMap([([1], UNDEFINED), ("b", 2)]),
        BigInt(2**80),
        BigInt(-1),
        JsError("TypeError", "no"),
        datetime(2024, 2, 29, 12, 30, 1, 250_000, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 1_000, tzinfo=UTC),
        [{"m": JsMap([(BigInt(1), None)])}],
    ],
)
def test_javascripts_own_types_cross(value: object) -> None:
    assert JUDGE.decode(JUDGE.encode(value)) == value


def test_javascripts_own_types_differ_from_their_neighbours() -> None:
    assert UNDEFINED != None  # noqa: E711
    assert not UNDEFINED
    assert BigInt(1) != 1
    assert JsMap([(1, 2), (3, 4)]) != JsMap([(3, 4), (1, 2)])
    assert JsMap([(1, 2)]) != {1: 2}
    assert JsError("TypeError", "a") != JsError("TypeError", "b")


@pytest.mark.parametrize("milliseconds", ["null", "1e300", "-8.64e15"])
def test_a_date_out_of_reach_is_opaque(milliseconds: str) -> None:
    assert isinstance(JUDGE.decode(f'{{"$":"date","v":{milliseconds}}}'), Opaque)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nope",
        "NaN",
        "Infinity",
        "[1,]",
        "[1] ",
        "{}",
        '{"a":1}',
        '{"$":"int"}',
        '{"$":"int","v":1}',
        '{"$":"int","v":"zz"}',
        '{"$":"int","v":"0x1","w":1}',
        '{"$":"dict","v":[[1]]}',
        '{"$":"dict","v":[[[],1]]}',
        '{"$":"set","v":[[]]}',
        '{"$":"bytes","v":"a"}',
        '{"$":"float","v":"1.5"}',
        '{"$":"eval","v":"1"}',
        '{"$":["int"],"v":"1"}',
        '{"$":"opaque","v":1}',
        '{"$":"error","v":["TypeError"]}',
        '{"$":"error","v":[1,2]}',
        '{"$":"date","v":"now"}',
        '{"$":"map","v":{"$":"dict","v":[]}}',
        "1" * 5000,
    ],
)
def test_what_is_no_value_is_a_protocol_error(text: str) -> None:
    with pytest.raises(ProtocolError):
        JUDGE.decode(text)


@pytest.mark.parametrize("tag", ["set", "dict"])
def test_keys_that_collide_are_refused(tag: str) -> None:
    modulus = 2**61 - 1
    numbers = [JUDGE.encode(modulus * factor) for factor in range(1, 2000)]
    items = ",".join(f"[{number},0]" if tag == "dict" else number for number in numbers)
    with pytest.raises(ProtocolError, match="hash"):
        JUDGE.decode(f'{{"$":"{tag}","v":[{items}]}}')


def test_a_value_beyond_the_size_asked_for_is_not_written() -> None:
    with pytest.raises(OverflowError):
        INSIDE.encode(["x" * 100] * 100, max_size=5000)


def fed(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


async def frames_of(data: bytes) -> list[str]:
    reader = fed(data)
    found = []
    while (text := await read_frame(reader, max_size=1000)) is not None:
        found.append(text)
    return found


@settings(deadline=None)
@given(st.lists(st.text(max_size=50), max_size=5))
def test_frames_come_back_one_by_one(sent: list[str]) -> None:
    assert asyncio.run(frames_of(b"".join(map(frame, sent)))) == sent


@pytest.mark.parametrize(
    "data",
    [b"\0", b"\0\0\0", b"\0\0\0\5abc", b"\xff\xff\xff\xff", b"\0\0\x07\xd0" + b"x" * 2000, b"\0\0\0\1\xff"],
)
def test_a_broken_frame_is_a_protocol_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        asyncio.run(frames_of(data))
