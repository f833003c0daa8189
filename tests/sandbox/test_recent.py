"""What was made last is kept, and no more than that."""

from __future__ import annotations

from pytest_llmbench.sandbox.recent import Recent


def test_what_was_asked_for_longest_ago_makes_place():
    recent = Recent[str, int](most=2)
    recent.keep("a", 1)
    recent.keep("b", 2)
    assert recent.get("a") == 1
    recent.keep("c", 3)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]
    recent.keep("a", 4)
    recent.keep("d", 5)
    assert [recent.get(key) for key in "acd"] == [4, None, 5]
