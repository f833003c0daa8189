"""Parameters that a server refuses: once more without them, said, and remembered."""

from __future__ import annotations

import pytest
from loopback import chat, error, say
from streams import WHOLE, say_stream, stream

pytestmark = pytest.mark.asyncio

MAX_TOKENS = error(
    400,
    "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    type="invalid_request_error",
    param="max_tokens",
    code="unsupported_parameter",
)
TEMPERATURE = error(
    400,
    "'temperature' does not support 0.2 with this model. Only the default (1) is supported.",
    param="temperature",
    code="unsupported_value",
)
KIMI = error(400, "invalid temperature: only 1 is allowed for this model")
SEED = say(
    {"detail": [{"type": "extra_forbidden", "msg": "Extra inputs are not permitted", "loc": ["seed"]}]}, 422
)


async def test_max_tokens_goes_by_its_other_name(loopback, make_client, trial):
    loopback.answers(MAX_TOKENS, say(chat()))
    completion = await make_client(retries=0).complete(trial, loopback.provider)
    assert completion.adapted == ("max_completion_tokens sent instead of max_tokens",)
    assert completion.attempts == 2
    assert completion.request["max_completion_tokens"] == 100
    assert "max_tokens" not in loopback.requests[1].json


@pytest.mark.parametrize("refusal", [TEMPERATURE, KIMI])
async def test_temperature_is_left_out(loopback, make_client, trial, refusal):
    loopback.answers(refusal, say(chat()))
    completion = await make_client(retries=0).complete(trial, loopback.provider)
    assert completion.adapted == ("temperature not sent",)
    assert "temperature" not in loopback.requests[1].json


async def test_a_seed_is_left_out(loopback, make_client, trial):
    loopback.answers(SEED, say(chat()))
    completion = await make_client(retries=0).complete(trial, loopback.provider)
    assert completion.adapted == ("seed not sent",)


async def test_it_is_remembered_for_this_model_and_no_other(loopback, make_client, trial):
    loopback.answers(MAX_TOKENS, TEMPERATURE, say(chat()))
    client = make_client(retries=0)
    first = await client.complete(trial, loopback.provider)
    second = await client.complete(trial, loopback.provider)
    assert (first.attempts, second.attempts) == (3, 1)
    assert (
        second.adapted
        == first.adapted
        == (
            "max_completion_tokens sent instead of max_tokens",
            "temperature not sent",
        )
    )
    await client.complete(trial.model_copy(update={"api_name": "other"}), loopback.provider)
    assert "max_tokens" in loopback.requests[-1].json


async def test_a_server_that_refuses_whatever_is_sent_is_not_asked_for_ever(loopback, make_client, trial):
    loopback.answers(MAX_TOKENS)
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("request", 2)


async def test_what_did_not_help_is_not_remembered(loopback, make_client, trial):
    loopback.answers(MAX_TOKENS, error(400, "no"), say(chat()))
    client = make_client()
    await client.complete(trial, loopback.provider)
    completion = await client.complete(trial, loopback.provider)
    assert completion.adapted == ()


async def test_a_context_that_is_too_long_changes_nothing(loopback, make_client, trial):
    loopback.answers(error(400, "This model's maximum context length is 8192 tokens; reduce max_tokens."))
    failure = await make_client().complete(trial, loopback.provider)
    assert (failure.kind, failure.attempts) == ("request", 1)


OPTIONS_REFUSED = [
    error(400, "Unrecognized request argument supplied: stream_options"),
    error(400, "no", param="stream_options.include_usage"),
    error(400, "stream_options is only supported with stream"),
    say({"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "no"}]}, 422),
]


@pytest.mark.parametrize("refusal", OPTIONS_REFUSED)
async def test_the_options_of_a_stream_are_left_out(loopback, make_client, trial, refusal):
    loopback.answers(refusal, say_stream(stream(WHOLE)))
    client = make_client(retries=0)
    completion = await client.complete(trial, loopback.provider)
    assert (completion.text, completion.adapted) == ("hello", ("stream_options not sent",))
    assert loopback.requests[1].json["stream"] is True
    assert "stream_options" not in loopback.requests[1].json
    assert (await client.complete(trial, loopback.provider)).attempts == 1


STREAM_REFUSED = [
    error(400, "Streaming is not supported"),
    error(400, "Your organization must be verified to stream this model.", param="stream"),
    error(422, "stream: extra inputs are not permitted"),
]


@pytest.mark.parametrize("refusal", STREAM_REFUSED)
async def test_without_streams_the_answer_comes_in_one_piece(loopback, make_client, trial, refusal):
    loopback.answers(refusal, say(chat()))
    client = make_client(retries=0)
    completion = await client.complete(trial, loopback.provider)
    assert completion.adapted == ("asked for in one piece, not as a stream",)
    assert completion.request["stream"] is False
    assert "stream_options" not in completion.request
    assert (await client.complete(trial, loopback.provider)).attempts == 1


async def test_first_the_options_and_then_the_stream(loopback, make_client, trial):
    loopback.answers(OPTIONS_REFUSED[0], STREAM_REFUSED[0], say(chat()))
    completion = await make_client(retries=0).complete(trial, loopback.provider)
    assert completion.adapted == ("asked for in one piece, not as a stream",)
    assert completion.attempts == 3
