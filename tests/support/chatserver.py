"""A server that speaks OpenAI's chat completions on loopback, for tests that need a provider."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[dict[str, Any]], Any]
"""From a request's body to the message's text, or to (status, body) for anything else."""


@dataclass
class ChatServer:
    """A running server, and what it has seen.

    `gate`, where it is set, holds replies back until as many requests are in flight at once. `listing` is
    what a GET is answered with: status and body, or a callable that gives them and may take its time.
    """

    reply: Reply
    gate: int = 0
    listing: tuple[int, Any] | Callable[[], tuple[int, Any]] = (404, {"error": {"message": "no such path"}})
    paths: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    most_in_flight: int = 0

    def __post_init__(self) -> None:
        self._in_flight = 0
        self._changed = threading.Condition()
        self._http = _Http(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def serve(self, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, bytes]:
        with self._changed:
            self.requests.append(body)
            self.headers.append(headers)
            self.arrived.append(time.monotonic())
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most_in_flight >= self.gate, timeout=20)
        try:
            found = self.reply(body)
        finally:
            with self._changed:
                self._in_flight -= 1
        if isinstance(found, tuple):
            return _encoded(*found)
        return 200, json.dumps(completion(body["model"], found)).encode()

    def list_models(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        self.paths.append(path)
        self.headers.append(headers)
        return _encoded(*(self.listing() if callable(self.listing) else self.listing))


def _encoded(status: int, answer: Any) -> tuple[int, bytes]:
    return status, answer if isinstance(answer, bytes) else json.dumps(answer).encode()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong here; a client that is gone or was killed is no trouble of the server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def completion(model: str, text: str, **more: Any) -> dict[str, Any]:
    """The body of a plain completion."""
    return {
        "id": "c1",
        "object": "chat.completion",
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30},
        **more,
    }


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._say(*server.serve(body, self._lowered()))

        def do_GET(self) -> None:
            self._say(*server.list_models(self.path, self._lowered()))

        def _lowered(self) -> dict[str, str]:
            return {name.lower(): value for name, value in self.headers.items()}

        def _say(self, status: int, answer: bytes) -> None:
            self.send_response(status)
            web_page = answer.lstrip().startswith(b"<")
            self.send_header("Content-Type", "text/html" if web_page else "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            # A client that gave up is none of the server's troubles.
            with suppress(ConnectionError):
                self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
