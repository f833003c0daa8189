from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.answers.extract import extract
from pytest_llmbench.answers.reasoning import strip_reasoning

DRAFT = "```python\ndef flatten(x):\n    return 'draft'\n```\n"
FINAL = "```python\ndef flatten(x):\n    return 'final'\n```\n"
CODE = "def flatten(x):\n    return 'final'\n"


def take(reply, truncated=False):
    return extract(reply, language="python", names=("flatten",), truncated=truncated)


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>\n{DRAFT}</think>\n{FINAL}",
        f"<think>{DRAFT}</think>{FINAL}",
        f"\n  <think>\nLet me see.\n{DRAFT}\n</think>\n\nHere it is:\n\n{FINAL}",
        f"<thinking>\n{DRAFT}</thinking>\n{FINAL}",
        f"<THINK>\n{DRAFT}</THINK>\n{FINAL}",
        f"<think>\n```python\ndef flatten(x): unfinished\n</think>\n{FINAL}",
        f"<think>one\n</think>\n<think>two\n{DRAFT}</think>\n{FINAL}",
        f"<think>the tag </think> ends it\n{DRAFT}</think>\n{FINAL}",
    ],
)
def test_closed_reasoning_is_left_out(reply):
    answer = take(reply)
    assert answer.code == CODE
    assert "draft" not in answer.prose
    assert len(answer.blocks) == 1


def test_the_usual_leading_reasoning_is_not_worth_a_note():
    assert take(f"<think>\n{DRAFT}</think>\n{FINAL}").notes == ()


@pytest.mark.parametrize("truncated", [True, False])
def test_reasoning_that_never_ends_leaves_no_answer(truncated):
    answer = take(f"<think>\nI could write\n{DRAFT}", truncated)
    assert (answer.code, answer.found, answer.blocks, answer.prose) == (None, "none", (), "")
    assert answer.notes == ("the reply ends inside its reasoning",)


def test_what_stands_before_reasoning_that_never_ends_is_the_answer():
    answer = take(f"{FINAL}\n<think>\nOr maybe\n{DRAFT}", truncated=True)
    assert answer.code == CODE
    assert answer.notes == ("the reply ends inside its reasoning",)


@pytest.mark.parametrize("tag", ["</think>", "</thinking>"])
def test_before_a_lone_closing_tag_all_is_reasoning(tag):
    answer = take(f"Okay, so a list.\n{DRAFT}That will do.\n{tag}\n\n{FINAL}")
    assert answer.code == CODE
    assert len(answer.blocks) == 1
    assert answer.prose == ""
    assert answer.notes == ("what stands before a lone </think> was taken as reasoning",)


def test_the_last_of_several_lone_closing_tags_counts():
    assert take(f"a\n{DRAFT}</think>\nb\n{DRAFT}</think>\n{FINAL}").code == CODE


def test_nothing_behind_a_lone_closing_tag_is_no_answer():
    assert take(f"{DRAFT}\n</think>\n").found == "none"


def test_a_lone_closing_tag_behind_a_draft_whose_fence_is_open():
    assert take(f"```python\ndef flatten(x):\n    return 'draft'\n</think>\n{FINAL}").code == CODE


def test_reasoning_between_two_parts_of_an_answer_is_left_out():
    answer = take(f"Hello.\n<think>\n{DRAFT}</think>\n{FINAL}")
    assert answer.code == CODE
    assert answer.prose == "Hello."
    assert answer.notes == ("reasoning in the middle of the reply was left out",)


def test_reasoning_that_begins_inside_a_line():
    answer = take(f"Sure! <think>hmm\n{DRAFT}</think>\n{FINAL}")
    assert answer.code == CODE
    assert answer.prose == "Sure!"


def test_tags_inside_a_fence_are_code():
    code = 'def flatten(x):\n    """\n<think>\n    </think>\n    """\n    return "<think>", "</think>"\n'
    answer = take(f"Here:\n\n```python\n{code}```\n")
    assert answer.code == code
    assert answer.notes == ()


def test_tags_inside_a_tilde_fence_of_a_list_are_code():
    answer = take(
        "1. Here:\n   ~~~python\n   def flatten(x):\n       return '''\n   </think>\n       '''\n   ~~~\n"
    )
    assert answer.code == "def flatten(x):\n    return '''\n</think>\n    '''\n"


@pytest.mark.parametrize(
    "mention",
    [
        "The `<think>` tag is closed by `</think>`.",
        "Write <think>…</think> around it.",
        'A "</think>" in text.',
    ],
)
def test_a_mention_of_the_tags_in_prose_is_no_reasoning(mention):
    answer = take(f"{FINAL}\n{mention}\n")
    assert answer.code == CODE
    assert answer.prose == mention


def test_line_numbers_hold_behind_reasoning():
    answer = take(f"<think>\none\ntwo\n</think>\n\n{FINAL}")
    assert answer.blocks[0].line == 7
    assert take(f"one\n</think>{FINAL}").blocks[0].line == 3


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "```\n", "~~~", "\n", "`", "a ", "    ", "> ", "- "]))
)
def test_stripping_never_adds_anything_but_keeps_the_line_count(parts):
    text = "".join(parts)
    stripped = strip_reasoning(text).text
    assert stripped.count("\n") <= text.count("\n")
    assert set(stripped) <= set(text) | {"\n"}


@given(st.text(alphabet="ab\n `~<>", max_size=60))
def test_text_without_tags_stays_as_it_is(text):
    assert strip_reasoning(text).text == text
