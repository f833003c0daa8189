"""An OpenAI-compatible server on loopback that answers each call after the same time, in its own process.

It prints its port, and ends when its standard input does. `GET /begin?latency=1&code=1` sets the latency
in seconds and whether answers hold code; `GET /seen` tells how many calls came, how many at most were
open at once, and when the first one came (seconds since the epoch).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import parse_qs, urlsplit

CODE = '''Here it is:

```python
def double(number: int) -> int:
    """Return twice a whole number, whatever its sign or size; variant %VARIANT%.

    The result is exact, since Python's integers do not overflow; the input is not modified.

    Args:
        number: The value to multiply by two; zero and negative values are fine.

    Returns:
        The product, which has the sign of the input.
    """
    return 2 * number
```
'''
PROSE = "I would rather not write that. " * 10


class State:
    """What the server does, and what it has seen since it was told so."""

    latency_s = 0.0
    text = PROSE
    calls = 0
    answers = 0
    open = 0
    most = 0
    first: float | None = None


STATE = State()


class Connection(asyncio.Protocol):
    """One connection; requests come one after another, as HTTP/1.1 has it."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take bytes, and answer each whole request."""
        self._bytes += data
        while (end := self._bytes.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._bytes[:end])
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0
            )
            if len(self._bytes) < end + 4 + length:
                return
            body = bytes(self._bytes[end + 4 : end + 4 + length])
            del self._bytes[: end + 4 + length]
            self._request(head, body)

    def _request(self, head: bytes, body: bytes) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if method == "GET":
            self._say(json.dumps(_control(target)).encode(), "application/json")
            return
        STATE.calls += 1
        STATE.open += 1
        STATE.most = max(STATE.most, STATE.open)
        STATE.first = STATE.first or time.time()
        streams = bool(json.loads(body).get("stream"))
        asyncio.get_running_loop().call_later(STATE.latency_s, self._answer, streams)

    def _answer(self, streams: bool) -> None:
        STATE.open -= 1
        if streams:
            self._say(_streamed(), "text/event-stream")
        else:
            self._say(_whole(), "application/json")

    def _say(self, body: bytes, kind: str) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def _control(target: str) -> dict[str, object]:
    url = urlsplit(target)
    if url.path == "/begin":
        given = parse_qs(url.query)
        STATE.latency_s = float(given["latency"][0])
        STATE.text = CODE if given["code"][0] == "1" else PROSE
        STATE.calls = STATE.answers = STATE.open = STATE.most = 0
        STATE.first = None
    return {"calls": STATE.calls, "most": STATE.most, "first": STATE.first}


_USAGE = {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200}


def _text() -> str:
    """Give an answer; no two of a run are the same, so that nobody can judge many of them at once."""
    STATE.answers += 1
    return STATE.text.replace("%VARIANT%", str(STATE.answers))


def _whole() -> bytes:
    message = {"role": "assistant", "content": _text()}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    document = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return json.dumps({**document, "usage": _USAGE}).encode()


def _streamed() -> bytes:
    base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    words = _text().split(" ")
    deltas = [{"role": "assistant", "content": ""}, *({"content": word + " "} for word in words)]
    chunks = [{**base, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    chunks.append({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    chunks.append({**base, "choices": [], "usage": _USAGE})
    return b"".join(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks) + b"data: [DONE]\n\n"


async def main() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
