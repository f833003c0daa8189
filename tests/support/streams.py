"""Streamed chat completions: their pieces, their bytes, and a server's ways to send them."""

from __future__ import annotations

import asyncio
import json

COUNTED = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


def piece(content=None, finish_reason=None, usage=None, **delta):
    """One piece with one choice."""
    choice = {"index": 0, "delta": {"content": content, **delta}, "finish_reason": finish_reason}
    return {"object": "chat.completion.chunk", "model": "m-0901", "choices": [choice], "usage": usage}


def counts(usage=None, **more):
    """The last piece: no choice, but the tokens."""
    return {"object": "chat.completion.chunk", "choices": [], "usage": usage or COUNTED, **more}


WHOLE = [piece(role="assistant"), piece("hel"), piece("lo"), piece(None, "stop"), counts()]
"""What usual servers send."""


def event(document, end=b"\n"):
    """One event, of JSON or of what is given as bytes."""
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return b"data: " + raw + end + end


def stream(pieces, *, done=True, end=b"\n"):
    """The bytes of a stream."""
    return b"".join(event(each, end) for each in [*pieces, *([b"[DONE]"] if done else [])])


def say_stream(*parts, then=None, whole=True, content_type="text/event-stream"):
    """Answer with parts one after another; then do something else, or close."""

    async def behave(writer):
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n\r\n".encode()
        )
        for part in parts:
            writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            await writer.drain()
        if whole:
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        if then is not None:
            await then(writer)

    return behave


async def hang_up(writer):
    writer.close()


async def silence(writer):
    await asyncio.sleep(3600)
