"""The one claim that an explanation of the race has to make: which of the two comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from node_tasks import task_module

claims_order = task_module("async_race").claims_order

MADE = [
    "The function returns before the callback has run.",
    "`loadReport` returns `data` before the fetch resolves.",
    "The .then() callbacks run asynchronously, after the function has already returned data.",
    "`return data` executes immediately while the request is pending; the `.then` callback runs later.",
    "return data runs synchronously. The callbacks fire only later, when the response arrives.",
    "The function waits for nothing; it returns null straight away. Later, the callback assigns it.",
    "The event loop only processes the .then callback once the current call stack is empty.",
    "By the time the callback runs, the function has long returned.",
    "The `.then` callback cannot run before the function returns.",
    "- A callback never runs inside the synchronous code that registers it.",
]
NOT_MADE = [
    "",
    "The callback runs before the function returns.",
    "The function returns data after the callback has run.",
    "Use async/await, it is the event loop's way. Return the promise, then await it.",
    "event loop microtask callback return before",
    "We return a promise and use Promise.all to run the requests at the same time.",
    "Promises are microtasks. We return them.",
    "The module-level variable is shared, so concurrent calls overwrite each other's reports.",
]


@pytest.mark.parametrize("prose", MADE)
def test_made(prose):
    assert claims_order(prose)


@pytest.mark.parametrize("prose", NOT_MADE)
def test_not_made(prose):
    assert not claims_order(prose)


@given(
    st.lists(st.sampled_from(["returns", "callback", "before", "after", "not", "first", "later", ",", "."]))
)
def test_any_prose_is_looked_through_in_time(words):
    assert claims_order(" ".join(words)) in (True, False)


def test_a_long_prose_of_nothing_but_signs_is_looked_through_in_time():
    assert claims_order("callback before return not after once first later " * 20_000) in (True, False)
