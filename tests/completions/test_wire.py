"""Bodies are unpacked in bounds."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.completions.wire import BadEncoding, BodyTooLarge, Unpacker


@given(st.binary(max_size=5000), st.integers(1, 100), st.sampled_from(["", "identity", "gzip", "deflate"]))
def test_what_was_packed_comes_out(body, step, encoding):
    packed = {"gzip": gzip.compress, "deflate": zlib.compress}.get(encoding, bytes)(body)
    unpacker = Unpacker(encoding)
    parts = [unpacker.unpack(packed[at : at + step]) for at in range(0, len(packed), step)]
    assert b"".join(parts) == body


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_limit_is_exact(encoding):
    pack = gzip.compress if encoding else bytes
    assert len(Unpacker(encoding, limit=1000).unpack(pack(b"x" * 1000))) == 1000
    with pytest.raises(BodyTooLarge):
        Unpacker(encoding, limit=1000).unpack(pack(b"x" * 1001))


def test_the_limit_is_for_all_pieces_together():
    unpacker = Unpacker("", limit=10)
    unpacker.unpack(b"123456")
    with pytest.raises(BodyTooLarge):
        unpacker.unpack(b"78901")


@given(st.binary(min_size=10, max_size=300))
def test_damage_is_said_and_never_passed_on(body):
    unpacker = Unpacker("gzip", limit=100)
    with pytest.raises((BadEncoding, BodyTooLarge)):
        unpacker.unpack(b"no" + body)


@given(st.text(max_size=5000), st.integers(10, 400))
def test_a_quotation_is_one_printable_line(text, limit):
    line = quoted(text, limit)
    assert line.isprintable()
    assert len(line) <= limit + 2
