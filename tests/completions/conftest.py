"""A client whose waits take no time, and a server for it to talk to."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
import pytest_asyncio
from certificates import self_signed
from loopback import KEY, serving

from pytest_llmbench.completions.client import ChatClient, Clock, Timeouts
from pytest_llmbench.completions.limits import ConnectionLimits
from pytest_llmbench.completions.retry import RetryPolicy
from pytest_llmbench.completions.transport import make_transport
from pytest_llmbench.completions.trial import Parameters, Trial


class Time:
    """A clock that waits by moving on."""

    def __init__(self):
        self.at = 1_000_000.0
        self.waits = []

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.at += seconds
        await asyncio.sleep(0)

    @property
    def clock(self):
        return Clock(monotonic=lambda: self.at, now=lambda: self.at, sleep=self.sleep)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def trial():
    return Trial(
        task="t",
        model="m",
        api_name="m",
        base_url="",
        prompt="Write it.",
        system="You are terse.",
        parameters=Parameters(seed=3, max_tokens=100),
        index=0,
    )


@pytest_asyncio.fixture
async def loopback():
    async with serving() as server:
        yield server


@pytest_asyncio.fixture
async def make_client(time):
    """Make clients whose waits take no time."""
    async with make_transport({}) as http:

        def make(retries=4, environ=None, concurrency=16, **timeouts):
            return ChatClient(
                http,
                {"LOOPBACK_KEY": KEY} if environ is None else environ,
                limits=ConnectionLimits(concurrency, time.clock),
                retry=RetryPolicy(retries=retries),
                timeouts=Timeouts(**timeouts),
                clock=time.clock,
                random=Random(1),
            )

        yield make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """The context of a server whose certificate nobody has signed."""
    return self_signed(tmp_path_factory.mktemp("tls"))
