"""The line of a key."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.models.toml_lines import find_line

TEXT = '''\
# a comment with [table]
top = 1
dotted.inner = 2

[a]
text = """
[not.a.table]
key = 1
"""
list = [
  1,  # ]
  { key = 2 },
]
after = { deep = { deeper = 1 } }

[a."b.c"]  # [x]
key = "]"
[[many]]
key = 1
[[many]]
key = 2
other = 3
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("top",), 2),
        (("dotted",), 3),
        (("dotted", "inner"), 3),
        (("a",), 5),
        (("a", "text"), 6),
        (("a", "list"), 10),
        (("a", "after", "deep", "deeper"), 14),
        (("a", "b.c"), 16),
        (("a", "b.c", "key"), 17),
        (("many",), 18),
        (("many", "other"), 22),
        (("not",), None),
        (("key",), None),
        (("a", "b"), None),
    ],
)
def test_lines(keys, line):
    assert find_line(TEXT, keys) == line


names = st.sampled_from(["a", "b-c", '"d.e"', "'f g'", '"]"'])
values = st.sampled_from(
    ["1", "'x'", "'''\nk = 1\n[t]\n'''", '"""\n"""', "[\n1,\n]", "{ q = 1 }", "2026-01-01"]
)


@given(st.lists(st.tuples(names, values, st.integers(0, 2)), max_size=8))
def test_the_line_found_is_the_one_that_begins_with_the_key(statements):
    text = ""
    placed = {}
    for index, (name, value, blank) in enumerate(statements):
        text += "\n" * blank
        placed[index] = text.count("\n") + 1
        text += f"{name}.k{index} = {value} # {name}\n"
    for index, (name, _, _) in enumerate(statements):
        key = next(iter(tomllib.loads(f"{name} = 1")))
        assert find_line(text, (key, f"k{index}")) == placed[index]
