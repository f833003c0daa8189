"""A real HTTP server on loopback that answers just as a test tells it to, also with no HTTP at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pytest_llmbench.models.model import Provider

KEY = "sk-very-secret/0123456789"

Behave = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self):
        return json.loads(self.raw)


@dataclass
class Loopback:
    """Answers with the script's entries in turn, the last one for ever; keeps the requests."""

    port: int = 0
    script: list[Behave] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    open_now: int = 0
    open_most: int = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def provider(self):
        return Provider(id="loopback", base_url=self.url, api_key_env="LOOPBACK_KEY")

    def answers(self, *behaviours):
        self.script[:] = behaviours

    async def serve(self, reader, writer):
        try:
            while request := await _request(reader):
                self.requests.append(request)
                behave = self.script[min(len(self.requests), len(self.script)) - 1]
                self.open_now += 1
                self.open_most = max(self.open_most, self.open_now)
                try:
                    await behave(writer)
                finally:
                    self.open_now -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _request(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(first.split()[1], headers, body)


def say(body, status=200, content_type="application/json", **headers):
    """Answer at once."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"content-type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}}

    async def behave(writer):
        lines = [
            f"HTTP/1.1 {status} X",
            f"content-length: {len(raw)}",
            *(f"{k}: {v}" for k, v in named.items()),
        ]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + raw)
        await writer.drain()

    return behave


def error(status, message="no", **more):
    """Answer with an error as OpenAI writes it."""
    return say({"error": {"message": message, **more}}, status)


def chat(content="hello", finish_reason="stop", usage=None, message=None, **more):
    """Write a chat completion's body."""
    whole = {"role": "assistant", "content": content, **(message or {})}
    counted = usage or {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    choice = {"index": 0, "finish_reason": finish_reason, "message": whole}
    return {"object": "chat.completion", "model": "m-0901", "choices": [choice], "usage": counted, **more}


@asynccontextmanager
async def serving():
    server = Loopback()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    server.answers(say(chat()))
    try:
        yield server
    finally:
        listening.close()
