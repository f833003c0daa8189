"""Any stream is read alike however it is cut, without an exception, in time that grows with its size."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import WHOLE, counts, event, piece, stream

from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.openai_chat import OpenAIChat
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.completions.wire import MAX_BODY, BodyTooLarge

STREAM = "text/event-stream"


def read(raw, content_type=STREAM, cuts=None):
    reader = OpenAIChat().reader(content_type, Secrets([]))
    for start, end in pairwise(cuts or [0, len(raw)]):
        reader.feed(raw[start:end])
    return reader.finish()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
deltas = st.dictionaries(
    st.sampled_from(["content", "reasoning", "reasoning_content", "refusal", "role"]),
    st.text(max_size=5) | values,
)
choices = st.fixed_dictionaries(
    {},
    optional={
        "index": st.integers(0, 1) | values,
        "delta": deltas | values,
        "message": deltas,
        "finish_reason": st.sampled_from([None, "stop", "length", "odd"]) | values,
        "error": values,
    },
)
pieces = (
    st.fixed_dictionaries(
        {},
        optional={
            "choices": st.lists(choices, max_size=2) | values,
            "usage": values,
            "model": values,
            "error": values,
        },
    )
    | values
)
events = (
    pieces.map(event)
    | st.sampled_from([event(piece("a")), event(piece("b", "stop")), event(counts()), event(b"[DONE]")])
    | st.sampled_from(
        [b"event: error\n", b": comment\n", b"\n", b"\r\n", b"data:", b'{"', b"<", b"\xef\xbb\xbf"]
    )
    | st.binary(max_size=6)
)
streams = st.lists(events, max_size=8).map(b"".join)


@settings(deadline=None)
@given(streams, st.sampled_from([STREAM, "application/json", ""]), st.data())
def test_where_a_stream_is_cut_changes_nothing(raw, content_type, data):
    cuts = sorted({0, len(raw), *data.draw(st.lists(st.integers(0, len(raw)), max_size=20))})
    whole = read(raw, content_type)
    assert isinstance(whole, Completion | Trouble)
    assert read(raw, content_type, cuts) == whole
    assert read(raw, content_type, range(len(raw) + 1)) == whole


@settings(deadline=None)
@given(st.lists(st.text(max_size=10), min_size=1), st.booleans())
def test_any_text_comes_through(texts, reasoning):
    name = "reasoning" if reasoning else "content"
    completion = read(stream([*(piece(**{name: text}) for text in texts), piece(None, "stop")]))
    assert ((completion.reasoning or "") if reasoning else completion.text) == "".join(texts)


SIXTEEN = 16 * 2**20


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        event(piece("word ")),
        b": keep-alive\n\n",
        b"\n",
        b"data:\n\n",
        event(piece("x" * 100_000)),
        event({"choices": [], "pad": [0] * 5000}),
    ],
)
def test_a_large_stream_is_read_in_bounded_time(unit):
    raw = unit * (SIXTEEN // len(unit)) + stream(WHOLE)
    started = time.process_time()
    completion = read(raw, cuts=[*range(0, len(raw), 16_384), len(raw)])
    assert completion.text.endswith("hello")
    assert time.process_time() - started < 20


def test_a_text_that_is_longer_than_any_answer_is_cut():
    reader = OpenAIChat().reader(STREAM, Secrets([]))
    for _ in range(MAX_BODY // 2**20):
        reader.feed(event(piece("x" * 2**20)))
    with pytest.raises(BodyTooLarge):
        reader.feed(event(piece("x")))
