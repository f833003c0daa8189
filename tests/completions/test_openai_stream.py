"""Streamed chat completions as servers really send them."""

from __future__ import annotations

import json

import pytest
from loopback import KEY, chat
from streams import COUNTED, WHOLE, counts, event, piece, stream

from pytest_llmbench.completions.completion import Completion, Usage
from pytest_llmbench.completions.openai_chat import OpenAIChat
from pytest_llmbench.completions.redaction import HIDDEN, Secrets

STREAM = "text/event-stream; charset=utf-8"


def read(raw, content_type=STREAM, key=None):
    reader = OpenAIChat().reader(content_type, Secrets([key]))
    reader.feed(raw)
    return reader.finish()


def read_pieces(*pieces, done=True):
    return read(stream(pieces, done=done))


HELLO = Completion(
    text="hello", finish_reason="stop", usage=Usage(input=7, output=5), model_returned="m-0901"
)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("done", [True, False])
def test_the_usual_stream(end, done):
    assert read(stream(WHOLE, done=done, end=end)) == HELLO


@pytest.mark.parametrize("content_type", [STREAM, ""])
def test_it_may_come_in_any_two_parts(content_type):
    raw = stream(WHOLE)
    for cut in range(1, len(raw)):
        reader = OpenAIChat().reader(content_type, Secrets([None]))
        reader.feed(raw[:cut])
        reader.feed(raw[cut:])
        assert reader.finish() == HELLO


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + stream(WHOLE),
        b": OPENROUTER PROCESSING\n\n" * 30 + stream(WHOLE),
        b"\r\n\n  \n: keep-alive\n" + stream(WHOLE),
        stream(WHOLE).replace(b"data: ", b"data:"),
        stream(WHOLE).replace(b"data: ", b"event: message\nid: 1\ndata: "),
        stream(WHOLE).replace(b"\n\n", b"\n\n: keep-alive\n\ndata:\n\n"),
        stream(WHOLE)[:-2],
        stream(WHOLE, done=False)[:-1],
        b"".join(
            b"data: " + json.dumps(each, indent=1).replace("\n", "\ndata: ").encode() + b"\n\n"
            for each in WHOLE
        ),
        stream([*WHOLE, b"null", b"7", b"[]"]),
        stream(WHOLE) + event(b"no matter what"),
        stream(WHOLE) + event({"error": "no matter what"}),
    ],
)
@pytest.mark.parametrize("content_type", [STREAM, "", "application/json", "text/plain"])
def test_what_lies_between_and_around_is_passed_over(raw, content_type):
    assert read(raw, content_type) == HELLO


@pytest.mark.parametrize("content_type", [STREAM, "", "application/json"])
@pytest.mark.parametrize("before", [b"", b"\n\n", b": keep-alive\n\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_server_may_ignore_that_a_stream_was_asked_for(content_type, before, indent):
    assert read(before + json.dumps(chat(), indent=indent).encode(), content_type) == HELLO


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_goes_by_two_names(name):
    completion = read_pieces(piece(**{name: "so "}), piece("", **{name: "it is"}), *WHOLE)
    assert (completion.reasoning, completion.text) == ("so it is", "hello")


def test_reasoning_under_both_names_counts_once():
    completion = read_pieces(piece(reasoning="hm", reasoning_content="hm"), *WHOLE)
    assert completion.reasoning == "hm"


def test_content_may_come_in_parts():
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "a"},
    ]
    completion = read_pieces(piece(parts), *WHOLE)
    assert (completion.reasoning, completion.text) == ("hm", "ahello")


def test_a_refusal_is_kept_apart():
    completion = read_pieces(piece(refusal="I will "), piece(refusal="not"), piece(None, "stop"))
    assert (completion.refusal, completion.text) == ("I will not", "")


def test_the_end_may_come_with_the_last_text_or_after_it_or_be_null():
    assert read_pieces(piece("hel"), piece("lo", "stop"), counts()) == HELLO
    assert read_pieces(piece("hel"), piece("lo"), {"choices": []}, piece("", "stop"), counts()) == HELLO
    late = piece("hello", "stop"), piece("", None), piece(None, ""), counts()
    assert read_pieces(*late) == HELLO
    assert read_pieces(piece("hello")).finish_reason is None


@pytest.mark.parametrize("reason", ["length", "max_tokens"])
def test_an_answer_that_is_cut_by_its_limit_is_one(reason):
    assert read_pieces(piece("hel"), piece(None, reason)).truncated


def test_only_the_first_choice_counts():
    other = {"index": 1, "delta": {"content": "other"}, "finish_reason": "length"}
    both = {"choices": [other, {"delta": {"content": "hello"}}]}
    assert read_pieces(both, {"choices": [other]}, piece(None, "stop"), counts()) == HELLO


@pytest.mark.parametrize(
    "pieces",
    [
        [piece("hello", usage=COUNTED), piece(None, "stop", usage=None)],
        [
            piece("hello", usage={"prompt_tokens": 7, "completion_tokens": 1}),
            piece("", "stop", usage=COUNTED),
        ],
        [counts({"prompt_tokens": 1, "completion_tokens": 0}), piece("hello", "stop"), counts()],
        [piece("hello"), {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "usage": COUNTED}]}],
    ],
)
def test_the_last_count_of_tokens_is_taken(pieces):
    assert read_pieces(*pieces) == HELLO


def test_what_was_not_counted_stays_unknown():
    assert read_pieces(piece("a"), piece(None, "stop")).usage == Usage()
    assert read(stream(WHOLE).replace(b'"completion_tokens": 5', b'"completion_tokens": NaN')).usage == Usage(
        input=7
    )


def test_what_a_router_says_is_kept():
    first = {**piece("hel"), "model": "", "provider": "DeepInfra", "system_fingerprint": None}
    last = {**piece("lo", "stop"), "system_fingerprint": "fp_1"}
    last["choices"][0]["native_finish_reason"] = "eos"
    completion = read_pieces(first, last, counts({**COUNTED, "cost": 0.5}))
    assert completion == HELLO.model_copy(
        update={
            "provider_returned": "DeepInfra",
            "system_fingerprint": "fp_1",
            "native_finish_reason": "eos",
            "cost_usd_returned": 0.5,
        }
    )


def test_a_server_that_only_seems_to_stream_sends_its_message_in_one_event():
    assert read_pieces(chat()) == HELLO


def test_half_characters_are_put_together():
    assert read_pieces(piece("\ud83e"), piece("\udd47"), piece("\ud800", "stop")).text == "🥇\ufffd"


def test_a_key_is_hidden_also_where_it_is_cut_in_two():
    raw = stream([piece("# " + KEY[:9]), piece(KEY[9:]), piece(None, "stop")])
    assert read(raw, key=KEY).text == f"# {HIDDEN}"


def test_a_key_is_hidden_in_what_is_no_piece():
    assert HIDDEN in read(stream([f"no {KEY}".encode()]), key=KEY).text
    assert HIDDEN in read(b"event: error\n" + stream([f"no {KEY}".encode()]), key=KEY).text


@pytest.mark.parametrize("pieces", [[], [piece(role="assistant")], [piece("hel")], [piece("hel"), counts()]])
def test_a_stream_that_breaks_off_is_no_answer(pieces):
    trouble = read_pieces(*pieces, done=False)
    assert (trouble.kind, trouble.retry, trouble.fatal) == ("connection", True, False)
    assert trouble.text == "ended its stream before the answer was whole"


def test_a_stream_that_ends_without_any_text_or_reason_is_no_answer():
    assert read_pieces(piece(role="assistant")).retry
    assert read_pieces().retry


def test_a_piece_that_the_end_has_cut_is_no_answer():
    raw = stream(WHOLE, done=False)
    for at in range(raw.index(b'"stop"')):
        assert read(raw[:at]).kind == "connection"


@pytest.mark.parametrize(
    ("raw", "kind", "retry", "words"),
    [
        (
            event({"error": {"message": "upstream", "code": 502}}),
            "server",
            True,
            "with 502 Bad Gateway inside",
        ),
        (event({"error": {"message": "slow down", "code": "429"}}), "rate_limit", True, "'slow down'"),
        (event({"error": {"message": "pay", "code": 402}}), "quota", False, "'pay'"),
        (event({"error": "out of memory"}), "server", True, "with an error inside: 'out of memory'"),
        (event({**piece("x", "error"), "error": {"message": "m"}}), "server", True, "'m'"),
        (event({"choices": [{"index": 0, "error": {"message": "c"}}]}), "server", True, "'c'"),
        (event([{"error": {"message": "listed"}}]), "server", True, "'listed'"),
        (b"event: error\n" + event({"message": "bare"}), "server", True, "bare"),
        (b"event: error\n" + event(b"words"), "server", True, "'words'"),
        (b"event: error\n" + event({}), "server", True, "'without a reason'"),
        (b"event: error\n" + event({"error": {"message": "both"}}), "server", True, "'both'"),
        (event(b"Internal Error"), "protocol", True, "not JSON (Expecting value at line 1, column 1)"),
        (event(b'{"a": "\xff"}'), "protocol", True, "byte 7 is not UTF-8"),
        (event(b"[" * 200_000), "protocol", True, "nested too deeply"),
        (event(piece("x", "network_error")), "server", True, "finish_reason 'network_error'"),
        (event(piece("x", "sensitive")), "server", False, "finish_reason 'sensitive'"),
    ],
)
def test_errors_in_the_middle_are_no_answer(raw, kind, retry, words):
    trouble = read(event(piece("hel")) + raw + stream([]))
    assert (trouble.kind, trouble.retry) == (kind, retry)
    assert words in trouble.text


def test_a_page_is_a_page_whatever_it_is_called():
    assert "an HTML page: 'Hi'" in read(b"<html>Hi</html>").text


def test_progress_is_said():
    reader = OpenAIChat().reader(STREAM, Secrets([]))

    def after(raw):
        reader.feed(raw)
        return reader.begun, reader.answered, reader.over

    assert after(event(piece(role="assistant"))) == (False, False, False)
    assert after(event(piece("", reasoning=""))) == (False, False, False)
    assert after(event(piece(reasoning="hm"))) == (True, False, False)
    assert after(event(piece("x", "stop"))) == (True, True, False)
    assert after(event(b"[DONE]")) == (True, True, True)
