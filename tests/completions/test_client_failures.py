"""Everything that servers and networks do wrong: the kind, the text, and how many calls were made."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from email.utils import formatdate

import pytest
from loopback import chat, error, say, serving

from pytest_llmbench.completions.wire import MAX_BODY

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "authentication"),
        (402, "quota"),
        (403, "authentication"),
        (404, "not_found"),
        (405, "protocol"),
        (410, "not_found"),
    ],
)
async def test_what_will_not_change_is_fatal_at_once(loopback, make_client, trial, status, kind):
    loopback.answers(error(status, "go away"))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal, failure.attempts) == (kind, True, 1)
    assert failure.status_code == status
    assert loopback.url in failure.message
    assert f"answered {status}" in failure.message
    assert "'go away'" in failure.message
    assert len(loopback.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (408, "timeout"),
        (409, "server"),
        (425, "server"),
        (429, "rate_limit"),
        (500, "server"),
        (503, "server"),
        (529, "server"),
    ],
)
async def test_what_may_pass_is_tried_again_and_not_for_ever(
    loopback, make_client, trial, time, status, kind
):
    loopback.answers(error(status))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal, failure.attempts) == (kind, False, 5)
    assert failure.message.endswith("(5 attempts)")
    assert len(loopback.requests) == 5
    for n, wait in enumerate(time.waits):
        assert 0.25 * 2**n <= wait <= 0.5 * 2**n


async def test_no_retries_fails_fast(loopback, make_client, trial, time):
    loopback.answers(error(503))
    failure = await make_client(retries=0).complete(trial, loopback.provider)
    assert (failure.attempts, time.waits) == (1, [])


async def test_a_retry_that_works_is_a_completion(loopback, make_client, trial):
    loopback.answers(error(500), error(429), say(chat("at last")))
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.attempts) == ("at last", 3)


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_request_that_is_wrong_is_not_repeated(loopback, make_client, trial, status):
    loopback.answers(error(status, "too long for the context"))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal, failure.attempts) == ("request", False, 1)
    assert "too long for the context" in failure.message


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry_after": "7"}, 7, 7.7),
        ({"retry_after_ms": "9000", "retry_after": "1"}, 9, 9.9),
        ({"retry_after": formatdate(1_000_020, usegmt=True)}, 20, 22),
        ({"retry_after": "86400"}, 60, 66),
        ({"retry_after": "0"}, 0.25, 0.5),
        ({"retry_after": "soon"}, 0.25, 0.5),
        ({"retry_after": "-5"}, 0.25, 0.5),
        ({"retry_after": formatdate(999_000, usegmt=True)}, 0.25, 0.5),
        ({"retry_after": formatdate(1_086_400, usegmt=True)}, 60, 66),
        ({"retry_after_ms": "-5", "retry_after": "7"}, 7, 7.7),
        ({"retry_after_ms": "600000"}, 60, 66),
        ({"x_ratelimit_remaining_requests": "-1"}, 0.25, 0.5),
    ],
)
async def test_a_servers_wish_to_wait_is_kept_up_to_a_limit(
    loopback, make_client, trial, time, headers, least, most
):
    loopback.answers(say({}, 429, **headers), say(chat()))
    await make_client().complete(trial, loopback.provider)
    (wait,) = time.waits
    assert least <= wait <= most


async def test_an_empty_account_is_not_a_rate_limit(loopback, make_client, trial):
    loopback.answers(error(429, "You exceeded your current quota", code="insufficient_quota"))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal, failure.attempts) == ("quota", True, 1)


@pytest.mark.parametrize(
    "message", ["Model Not Exist", "foo is not a valid model ID", "The model `m` does not exist"]
)
async def test_an_unknown_model_under_400_is_known_for_what_it_is(loopback, make_client, trial, message):
    loopback.answers(error(400, message))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal) == ("not_found", True)
    assert f"asked for model 'm' at {loopback.url}/chat/completions" in failure.message


async def test_a_key_that_is_refused_is_named_by_its_variable(loopback, make_client, trial):
    loopback.answers(error(401, "Incorrect API key"))
    failure = await make_client().complete(trial, loopback.provider)
    assert failure.message.endswith("the key comes from LOOPBACK_KEY")


async def test_a_server_that_wants_a_key_is_said_to_have_got_none(loopback, make_client, trial):
    loopback.answers(error(401, "key, please"))
    provider = loopback.provider.model_copy(update={"api_key_env": None})
    failure = await make_client().complete(trial, provider)
    assert failure.message.endswith("no key was sent")


async def test_redirects_are_not_followed(loopback, make_client, trial):
    async with serving() as other:
        loopback.answers(say(b"", 307, location=f"{other.url}/chat/completions"))
        failure = await make_client().complete(trial, loopback.provider)
        assert other.requests == []
    assert (failure.kind, failure.fatal, failure.attempts) == ("protocol", True, 1)
    assert f"a redirect to '{other.url}/chat/completions', which is not followed" in failure.message


PAGE = b"<!doctype html><html><title>Welcome</title><style>x{}</style><body>to my shop</body></html>"


async def test_a_web_page_is_no_api(loopback, make_client, trial):
    loopback.answers(say(PAGE, content_type="text/html"))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal, failure.attempts) == ("protocol", True, 1)
    assert (
        "is not an OpenAI-compatible API: it answered with an HTML page: 'Welcome to my shop'"
        in failure.message
    )


async def test_a_page_as_an_error_is_quoted_by_its_words(loopback, make_client, trial):
    loopback.answers(say(PAGE, status=502, content_type="text/html"))
    failure = await make_client(retries=0).complete(trial, loopback.provider)
    assert failure.kind == "server"
    assert failure.message.endswith("answered 502 Bad Gateway: 'Welcome to my shop'")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{'a': 1}", "something that is not JSON (Expecting property name"),
        (b"", "something that is not JSON (empty)"),
        (b'{"choices": [', "something that is not JSON"),
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"choices": ' + b"[" * 800 + b"]" * 800 + b"}", "the answer has no 'choices'"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "a number without end"),
        (b"[]", "is not an OpenAI-compatible API: the answer is not a JSON object"),
        (b'{"version": 3}', "the answer has no 'choices', only 'version'"),
        (b'{"choices": []}', "the answer has no 'choices'"),
        (b'{"choices": [{"text": "x"}]}', "the answer has no message in 'choices'"),
        (b'{"choices": [{"message": null}]}', "no message in 'choices'"),
    ],
)
async def test_another_answer_than_a_chat_completion(loopback, make_client, trial, body, words):
    loopback.answers(say(body))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("protocol", 1)
    assert words in failure.message


async def test_a_body_without_end_is_cut(loopback, make_client, trial):
    sent = 0

    async def endless(writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
        while True:
            writer.write(b" " * 1_000_000)
            await writer.drain()
            sent += 1_000_000

    loopback.answers(endless)
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("protocol", 1)
    assert "more than 32 MiB" in failure.message
    assert sent < 2 * MAX_BODY


async def test_a_bomb_is_not_unpacked(loopback, make_client, trial):
    loopback.answers(say(gzip.compress(bytes(4 * MAX_BODY)), content_encoding="gzip"))
    failure = await make_client().complete(trial, loopback.provider)
    assert "more than 32 MiB" in failure.message


async def test_a_bomb_as_an_error_is_not_unpacked_either(loopback, make_client, trial):
    loopback.answers(say(gzip.compress(b"x" * MAX_BODY), status=401, content_encoding="gzip"))
    failure = await make_client().complete(trial, loopback.provider)
    assert failure.kind == "authentication"
    assert len(failure.message) < 1000


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("br", "an encoding that was not asked for ('br')"), ("gzip", "a damaged compressed body")],
)
async def test_a_body_that_cannot_be_unpacked(loopback, make_client, trial, encoding, words):
    loopback.answers(say(b"no gzip", content_encoding=encoding))
    failure = await make_client().complete(trial, loopback.provider)
    assert failure.kind == "protocol"
    assert words in failure.message


async def test_nobody_listens(make_client, trial, loopback):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    provider = loopback.provider.model_copy(update={"base_url": f"http://127.0.0.1:{port}/v1"})
    failure = await make_client().complete(trial, provider)
    assert (failure.kind, failure.fatal, failure.attempts) == ("connection", False, 5)
    assert (
        failure.message == f"http://127.0.0.1:{port}/v1 refused the connection; is it running? (5 attempts)"
    )


async def test_a_name_that_does_not_resolve(make_client, trial, loopback):
    provider = loopback.provider.model_copy(update={"title": "Far", "base_url": "http://nowhere.invalid/v1"})
    failure = await make_client(retries=1).complete(trial, provider)
    assert failure.kind == "connection"
    assert failure.message.startswith(
        "Far (http://nowhere.invalid/v1) cannot be found: its name does not resolve"
    )


@pytest.mark.parametrize(
    "url", ["http://a..b/v1", "http://127.0.0.1:99999/v1", "gopher://a/v1", "http:///v1"]
)
async def test_an_address_that_is_none(make_client, trial, loopback, url):
    provider = loopback.provider.model_copy(update={"base_url": url})
    failure = await make_client().complete(trial, provider)
    assert (failure.kind, failure.fatal, failure.attempts) == ("connection", True, 1)
    assert failure.message.startswith(f"{url} cannot be reached: ")


async def test_a_certificate_that_is_not_trusted(make_client, trial, loopback, certificate):
    server = await asyncio.start_server(loopback.serve, "127.0.0.1", 0, ssl=certificate)
    port = server.sockets[0].getsockname()[1]
    provider = loopback.provider.model_copy(update={"base_url": f"https://127.0.0.1:{port}/v1"})
    failure = await make_client().complete(trial, provider)
    server.close()
    assert (failure.kind, failure.fatal, failure.attempts) == ("connection", True, 1)
    assert "cannot be reached safely: TLS failed: 'self-signed certificate'" in failure.message
    assert loopback.requests == []


async def hang_up(writer):
    writer.close()


async def break_off(writer):
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"choices"')
    await writer.drain()
    writer.close()


async def break_off_a_chunk(writer):
    writer.write(b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n{"choices"')
    await writer.drain()
    writer.close()


async def reset(writer):
    at_once = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    writer.transport.abort()


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (hang_up, "closed the connection without an answer"),
        (break_off, "broke off in the middle of its answer"),
        (break_off_a_chunk, "broke off in the middle of its answer"),
        (reset, "broke the connection: Connection reset by peer"),
    ],
)
async def test_broken_connections_are_tried_again(loopback, make_client, trial, behave, words):
    loopback.answers(behave)
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("connection", 5)
    assert failure.message == f"{loopback.url} {words} (5 attempts)"
    assert len(loopback.requests) == 5


async def test_a_broken_connection_is_made_anew(loopback, make_client, trial):
    loopback.answers(break_off, say(chat("whole")))
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.attempts) == ("whole", 2)


async def no_http(writer):
    writer.write(b"220 mail.example ESMTP\r\n")
    await writer.drain()


async def test_a_server_that_does_not_speak_http(loopback, make_client, trial):
    loopback.answers(no_http)
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal) == ("protocol", True)
    assert "does not speak HTTP" in failure.message


async def silence(writer):
    await asyncio.sleep(3600)


async def silence_in_the_body(writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(3600)


async def drip(writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("behave", [silence, silence_in_the_body])
async def test_silence_ends_an_attempt(loopback, make_client, trial, behave):
    loopback.answers(behave)
    failure = await make_client(retries=1, silence_s=0.1).complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("timeout", 2)
    assert failure.message == f"{loopback.url} was silent for 0.1 s (2 attempts)"


async def test_a_provider_may_be_granted_more_patience(loopback, make_client, trial):
    async def late(writer):
        await asyncio.sleep(0.3)
        await say(chat("late"))(writer)

    loopback.answers(late)
    provider = loopback.provider.model_copy(update={"timeout_s": 20.0})
    completion = await make_client(retries=0, silence_s=0.1).complete(trial, provider)
    assert completion.text == "late"


async def test_a_drip_ends_with_the_attempt(loopback, make_client, trial):
    loopback.answers(drip)
    failure = await make_client(retries=0, silence_s=30, attempt_s=0.3).complete(trial, loopback.provider)
    assert failure.kind == "timeout"
    assert failure.message == f"{loopback.url} gave no whole answer within 0.3 s"


@pytest.mark.parametrize("status", [200, 502])
async def test_an_error_inside_a_success_is_one(loopback, make_client, trial, status):
    loopback.answers(say({"error": {"message": "upstream", "code": status}}))
    failure = await make_client(retries=1).complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("server", 2)
    assert "answered 200 with " in failure.message
    assert "'upstream'" in failure.message


async def test_an_error_inside_a_choice_is_one(loopback, make_client, trial):
    body = chat("half", finish_reason="error")
    body["choices"][0]["error"] = {"code": 429, "message": "slow down"}
    loopback.answers(say(body), say(chat("whole")))
    completion = await make_client().complete(trial, loopback.provider)
    assert (completion.text, completion.attempts) == ("whole", 2)


async def test_an_error_inside_a_success_can_be_fatal(loopback, make_client, trial):
    loopback.answers(say({"error": {"message": "no credits left", "code": 402}}))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.fatal, failure.attempts, failure.status_code) == ("quota", True, 1, 402)


@pytest.mark.parametrize(("reason", "attempts"), [("insufficient_system_resource", 5), ("sensitive", 1)])
async def test_unknown_ends_of_an_answer_are_the_servers_fault(
    loopback, make_client, trial, reason, attempts
):
    loopback.answers(say(chat("half", finish_reason=reason)))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("server", attempts)
    assert f"finish_reason '{reason}'" in failure.message


@pytest.mark.parametrize(
    "body",
    [
        {"detail": "Not Found"},
        {"message": "Not Found"},
        {"code": 5, "msg": "Not Found"},
        {"error": "Not Found"},
        {"errors": [{"message": "Not Found"}]},
        [{"error": {"message": "Not Found"}}],
        "Not Found",
    ],
)
async def test_errors_are_read_in_all_their_shapes(loopback, make_client, trial, body):
    loopback.answers(say(body if isinstance(body, dict | list) else body.encode(), 404))
    failure = await make_client().complete(trial, loopback.provider)
    assert "answered 404 Not Found: 'Not Found'; " in failure.message


async def test_an_error_that_is_nested_deeply_is_read_as_far_as_anyone_would(loopback, make_client, trial):
    loopback.answers(say(b'{"error": ' + b"[" * 800 + b"]" * 800 + b"}", 400))
    failure = await make_client().complete(trial, loopback.provider)
    assert failure.kind == "request"
    assert len(failure.message) < 500


async def test_a_servers_words_are_one_short_clean_line(loopback, make_client, trial):
    said = "a\x1b[31m\u202eb\r\n\tc\x00" + "d" * 5000
    loopback.answers(say(json.dumps({"error": {"message": said}}).encode(), 400))
    failure = await make_client().complete(trial, loopback.provider)
    assert failure.message.isprintable()
    assert "'a [31m b c ddd" in failure.message
    assert len(failure.message) < 500
