"""Chat completions as servers really write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import chat

from pytest_llmbench.completions.completion import Completion, Usage
from pytest_llmbench.completions.openai_chat import OpenAIChat
from pytest_llmbench.completions.openai_reply import reply_from
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.trouble import Trouble


def read(body):
    reader = OpenAIChat().reader("application/json", Secrets([]))
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    for start in range(0, len(raw), 7):
        reader.feed(raw[start : start + 7])
    return reader.finish()


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_goes_by_two_names(name):
    assert read(chat("x", message={name: "thought"})).reasoning == "thought"


def test_a_budget_spent_on_reasoning_leaves_an_empty_text_that_was_cut():
    completion = read(chat(None, finish_reason="length", message={"reasoning": "long"}))
    assert completion.text == ""
    assert completion.truncated


def test_content_may_come_in_parts():
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm "}]},
        {"type": "reasoning", "reasoning": "so"},
        {"type": "text", "text": "a"},
        "b",
        {"type": "output_text", "text": "c"},
        {"type": "image_url", "image_url": {}},
        7,
    ]
    completion = read(chat(parts))
    assert (completion.text, completion.reasoning) == ("abc", "hm so")


def test_a_refusal_is_kept_apart():
    assert read(chat(None, message={"refusal": "I will not"})).refusal == "I will not"
    assert read(chat([{"type": "refusal", "refusal": "No"}])).refusal == "No"
    assert read(chat("", finish_reason="content_filter")).refused
    assert not read(chat("I cannot do that")).refused


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("stop", "stop"),
        ("STOP", "stop"),
        ("eos_token", "stop"),
        ("end_turn", "stop"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("model_length", "length"),
        ("tool_calls", "tool_calls"),
        (None, None),
        ("", None),
    ],
)
def test_ends_of_an_answer_have_one_word_each(given, known):
    assert read(chat("x", finish_reason=given)).finish_reason == known


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, Usage()),
        ("none", Usage()),
        ({}, Usage()),
        ({"prompt_tokens": None, "completion_tokens": "5"}, Usage()),
        ({"prompt_tokens": 5.0, "completion_tokens": -1}, Usage(input=5)),
        ({"prompt_tokens": True, "completion_tokens": 10**30}, Usage()),
        ({"prompt_tokens": 9, "prompt_cache_hit_tokens": 4}, Usage(input=9, cached=4)),
        ({"prompt_tokens": 9, "cached_tokens": 3}, Usage(input=9, cached=3)),
        ({"completion_tokens_details": None}, Usage()),
    ],
)
def test_counts_that_are_missing_stay_unknown(usage, expected):
    body = chat("x")
    body["usage"] = usage
    assert read(body).usage == expected


def test_reasoning_that_is_counted_beside_the_output_is_put_into_it():
    details = {"reasoning_tokens": 100}
    beside = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 130}
    within = {"prompt_tokens": 10, "completion_tokens": 120, "total_tokens": 130}
    for counts in (beside, within):
        usage = read(chat("x", usage={**counts, "completion_tokens_details": details})).usage
        assert usage == Usage(input=10, output=120, reasoning=100)


def test_what_a_router_says_is_kept():
    body = chat("x", usage={"prompt_tokens": 1, "completion_tokens": 1, "cost": 0.0025}, provider="DeepInfra")
    body["choices"][0]["native_finish_reason"] = "eos"
    completion = read(body)
    assert completion.provider_returned == "DeepInfra"
    assert completion.native_finish_reason == "eos"
    assert completion.cost_usd_returned == 0.0025


@pytest.mark.parametrize(
    "before", [b"\n\n \r\n", b": keep-alive\n\n: keep-alive\n\n", b"\xef\xbb\xbf", b"\n\xef\xbb\xbf"]
)
def test_what_keeps_a_connection_alive_is_passed_over(before):
    assert read(before + json.dumps(chat("x")).encode()).text == "x"


def test_numbers_that_json_has_not_are_unknown():
    raw = json.dumps(chat("x")).replace(": 5", ": NaN").encode()
    assert read(raw).usage.output is None


def test_half_characters_are_replaced():
    assert read(json.dumps(chat("a\ud800b")).encode()).text == "a\ufffdb"
    assert read(json.dumps(chat("🥇")).encode()).text == "🥇"


def test_code_comes_through_as_it_is():
    code = "```python\r\nx = '\\u0000\u202e\t'\n```\x00"
    assert read(chat(code)).text == code


TEXTS = ("content", "reasoning", "reasoning_content", "refusal")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "choices": st.lists(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "message": st.fixed_dictionaries(
                            {},
                            optional=dict.fromkeys(
                                ("content", "reasoning", "reasoning_content", "refusal"), json_values
                            ),
                        ),
                        "finish_reason": json_values,
                        "error": json_values,
                    },
                ),
                max_size=2,
            )
            | json_values,
            "usage": st.dictionaries(
                st.sampled_from(
                    [
                        "prompt_tokens",
                        "completion_tokens",
                        "total_tokens",
                        "completion_tokens_details",
                        "cost",
                    ]
                ),
                json_values,
            )
            | json_values,
            "error": json_values,
            "model": json_values,
        },
    )
    | json_values
)
def test_any_json_is_a_completion_or_a_trouble(document):
    assert isinstance(reply_from(Secrets([]).hide_in(document)), Completion | Trouble)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_completion_or_a_trouble(raw):
    assert isinstance(read(raw), Trouble)
