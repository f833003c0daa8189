"""Which requests go through a proxy, and through which."""

from __future__ import annotations

import pytest
from loopback import KEY, chat, say, serving

from pytest_llmbench.completions.client import ChatClient
from pytest_llmbench.completions.proxies import is_loopback, proxy_for
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.transport import make_transport


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ({"https_proxy": "http://p:1"}, "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, None),
        ({"ALL_PROXY": "p:1"}, "http://p:1"),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other.com"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other.com, example.com"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example.com"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "ample.com"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "no_proxy": "*"}, None),
    ],
)
def test_the_environment_names_the_proxy(environ, proxy):
    assert proxy_for("https", "api.example.com", environ) == proxy


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "x.localhost"])
def test_this_machine_is_reached_without_a_proxy(host):
    assert is_loopback(host)
    assert proxy_for("http", host, {"ALL_PROXY": "http://p:1"}) is None


async def _ask(trial, provider, environ):
    async with make_transport(environ) as http:
        client = ChatClient(http, {"LOOPBACK_KEY": KEY, **environ}, retry=RetryPolicy(retries=0))
        return await client.complete(trial, provider)


@pytest.mark.asyncio
async def test_a_request_goes_through_the_proxy(trial):
    async with serving() as proxy:
        proxy.answers(say(chat("by proxy")))
        provider = proxy.provider.model_copy(update={"base_url": "http://api.invalid/v1"})
        address = f"http://me:secret-word@127.0.0.1:{proxy.port}"
        completion = await _ask(trial, provider, {"HTTP_PROXY": address})
        assert completion.text == "by proxy"
        assert proxy.requests[0].path == "http://api.invalid/v1/chat/completions"
        assert proxy.requests[0].headers["proxy-authorization"] == "Basic bWU6c2VjcmV0LXdvcmQ="


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://me:secret-word@127.0.0.1:9", "the proxy that the environment names did not connect"),
        ("socks5://me:secret-word@127.0.0.1:9", "names a proxy that is not an HTTP proxy"),
    ],
)
async def test_a_proxy_that_does_not_work_is_named_as_the_cause(trial, loopback, address, words):
    provider = loopback.provider.model_copy(update={"base_url": "https://api.invalid/v1"})
    failure = await _ask(trial, provider, {"ALL_PROXY": address})
    assert failure.kind == "connection"
    assert words in failure.message
    assert "secret-word" not in failure.message
