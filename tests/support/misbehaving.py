"""What a server does wrong at each stage of its answer, as a loopback server's ways to behave."""

from __future__ import annotations

import asyncio
import json
import socket
import struct

from loopback import chat
from streams import WHOLE, event, hang_up, piece, say_stream, silence, stream

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
BODY = json.dumps(chat()).encode()


async def reset(writer):
    """Close so that the other side is told that something is wrong."""
    await asyncio.sleep(0.02)
    at_once = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    writer.transport.abort()


async def garbage(writer):
    """Go on with what is neither HTTP nor an event nor JSON."""
    writer.write(b"\xff\xfe\0\0 nonsense\r\n\r\n")
    await writer.drain()
    writer.close()


def after(sent, then):
    """Send something, then do something else."""

    async def behave(writer):
        writer.write(sent)
        await writer.drain()
        await then(writer)

    return behave


def endless(head, block):
    """Send a head, then the same block until the client has enough."""

    async def flood(writer):
        while True:
            writer.write(block)
            await writer.drain()

    return after(head, flood)


def drip(head, drop, each_s=0.02):
    """Send a head, then drops that never cease."""

    async def dripping(writer):
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(each_s)

    return after(head, dripping)


ENDS = {"closed": hang_up, "reset": reset, "silent": silence}

STAGES = {
    "before the answer": b"",
    "in the status line": b"HTTP/1.1 20",
    "in the headers": HEAD + b"content-len",
    "after the headers": HEAD + b"content-length: 500\r\n\r\n",
    "in the body": HEAD + b"content-length: 500\r\n\r\n" + BODY[:40],
}
"""Of an answer in one piece: what has been sent by then."""

STREAM_STAGES = {
    "before the first piece": [],
    "after the role": [event(piece(role="assistant"))],
    "in the answer": [event(piece("half")), event(piece(" of"))],
    "in an event": [event(piece("half")), b'data: {"choices": [{"del'],
}

LAST_STAGES = {
    "after the last token": stream(WHOLE[:-1], done=False),
    "after the counts": stream(WHOLE, done=False),
    "after the last word": stream(WHOLE),
}


def broken(stage, end):
    """Break an answer at one of all stages."""
    then = {**ENDS, "garbage": garbage}[end]
    if stage in STAGES:
        return after(STAGES[stage], then)
    parts = STREAM_STAGES.get(stage)
    return say_stream(*([LAST_STAGES[stage]] if parts is None else parts), whole=False, then=then)
