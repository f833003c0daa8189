"""Events come out the same, however the bytes of a stream are cut and its lines end."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_llmbench.completions.sse import MAX_EVENT, Event, EventReader
from pytest_llmbench.completions.wire import BodyTooLarge


def read(raw, step=None, limit=MAX_EVENT):
    reader = EventReader(limit)
    cuts = range(0, len(raw) + 1, step or max(1, len(raw)))
    events = [found for at in cuts for found in reader.feed(raw[at : at + cuts.step])]
    return events + reader.finish()


def data(raw):
    return [found.data for found in read(raw)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("step", [1, 2, 3, 1000])
def test_lines_end_in_three_ways(end, step):
    raw = end.join([b"event: x", b"data: a", b"", b"data:b", b"", b""])
    assert read(raw, step) == [Event(b"x", b"a"), Event(b"", b"b")]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", []),
        (b"data: a\ndata:  b\ndata\n\n", [b"a\n b\n"]),
        (b": hello\n\n:\n\ndata: a\n: between\ndata: b\n\n", [b"a\nb"]),
        (b"id: 7\nretry: 10\nother: x\ndata: a\n\n", [b"a"]),
        (b"event: alone\n\ndata: a\n\n", [b"a"]),
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [b"a"]),
        (b"data: a\n\ndata: no end", [b"a", b"no end"]),
        (b" data: a\n\nDATA: b\n\n", []),
        (b"data: \xff\x00\n\n", [b"\xff\x00"]),
        (b"data: a\x0bb\x0cc\x85d\n\n", [b"a\x0bb\x0cc\x85d"]),
    ],
)
def test_an_event_is_its_data(raw, expected):
    assert data(raw) == expected


def test_a_name_is_for_one_event():
    assert read(b"event: error\ndata: a\n\ndata: b\n\n") == [Event(b"error", b"a"), Event(b"", b"b")]


texts = st.lists(
    st.sampled_from(
        [
            b"data",
            b":",
            b" ",
            b"\n",
            b"\r",
            b"\r\n",
            b"\n\n",
            b"event: error",
            b"{}",
            b"\xef\xbb\xbf",
            b"[DONE]",
        ]
    )
    | st.binary(max_size=5),
    max_size=40,
).map(b"".join)


@settings(deadline=None)
@given(texts, st.data())
def test_where_bytes_are_cut_changes_nothing(raw, draw):
    cuts = sorted({0, len(raw), *draw.draw(st.lists(st.integers(0, len(raw)), max_size=20))})
    reader = EventReader()
    events = [found for start, end in pairwise(cuts) for found in reader.feed(raw[start:end])]
    assert events + reader.finish() == read(raw)


@pytest.mark.parametrize("raw", [b"x" * 101, b"data: 1234567\n" * 13, b"data: " + b"x" * 101 + b"\n"])
def test_an_event_has_a_limit(raw):
    for step in (1, 7, len(raw)):
        with pytest.raises(BodyTooLarge):
            read(raw, step, limit=100)


def test_the_limit_is_for_one_event():
    reader = EventReader(limit=100)
    assert sum(len(reader.feed(b"data: " + b"x" * 50 + b"\n\n")) for _ in range(100)) == 100


@pytest.mark.parametrize("raw", [b"x", b"\n", b"\r", b":\n", b"data:\n\n"])
def test_small_pieces_cost_what_they_are(raw):
    def seconds(count):
        reader = EventReader()
        started = time.process_time()
        for _ in range(count):
            reader.feed(raw)
        reader.finish()
        return time.process_time() - started

    # Quadratic work would take sixteen times the time of linear work.
    few = min(seconds(5_000) for _ in range(3))
    many = min(seconds(80_000) for _ in range(2))
    assert many < few * 16 * 4
