"""How long is waited before another attempt."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.completions.retry import RetryPolicy, retry_after_s

NOW = 1_800_000_000.0


@given(st.integers(0, 100), st.none() | st.floats(0, 1e12), st.integers())
def test_a_wait_has_bounds(retry, wish, seed):
    policy = RetryPolicy(base_s=0.5, longest_s=60)
    wait = policy.delay_s(retry, wish, Random(seed))
    assert min(60.0, 0.5 * 2.0 ** min(retry, 30)) / 2 <= wait <= 66
    assert wish is None or wait >= min(wish, 60)


def test_waits_grow_and_differ():
    random = Random(1)
    waits = [[RetryPolicy().delay_s(n, None, random) for n in range(4)] for _ in range(5)]
    assert all(wait == sorted(wait) for wait in waits)
    assert len({wait[0] for wait in waits}) == 5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:10 GMT"}, 10.0),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:10"}, 10.0),
        ({"retry-after": "Fri, 15 Jan 2027 07:59:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 15 Jan 99999 07:59:00 GMT"}, None),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "3"}, 3.0),
    ],
)
def test_a_servers_wish_is_read(headers, seconds):
    assert retry_after_s(headers, NOW) == seconds


@given(st.text())
def test_no_header_breaks_it(text):
    wish = retry_after_s({"retry-after": text}, NOW)
    assert wish is None or wish >= 0
