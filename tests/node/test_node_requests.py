"""The judge speaks HTTP to a server inside: Express, Node's own, and ones that misbehave."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.sandbox.node.reply import HttpReply, checked_request

Load = Callable[..., Awaitable[NodeHost]]

EXPRESS = """
import express from "express";
export function createApp(users) {
  const app = express();
  app.get("/users", (request, response) => response.json({ data: users, query: request.query }));
  app.post("/echo", express.raw({ type: "*/*" }), (request, response) => {
    response.status(201).set("X-Method", request.method).send(request.body);
  });
  app.get("/fail", () => { throw new Error("text"); });
  app.get("/fail-later", async () => { throw new Error("text"); });
  app.get("/hang", () => {});
  app.get("/exit", () => process.exit(0));
  return app;
}
"""
HARNESS = """
import { createApp } from "./answer.mjs";
export function listen(users) {
  return new Promise((resolve) => {
    const server = createApp(users).listen(0, "127.0.0.1", () => resolve(server.address().port));
  });
}
"""


async def served(load: Load, *users: object) -> NodeHost:
    host = await load(EXPRESS, HARNESS)
    await host.call("listen", (list(users),), 10)
    return host


@pytest.mark.asyncio
async def test_a_query(load: Load) -> None:
    host = await served(load, {"id": 1, "name": "Zoë"})
    reply = await host.request("GET", "/users?q=%C3%A9&page=1&page=2", timeout_s=10)
    assert reply.status == 200
    assert reply.json() == {"data": [{"id": 1, "name": "Zoë"}], "query": {"q": "é", "page": ["1", "2"]}}
    assert reply.header("content-type") == "application/json; charset=utf-8"
    assert reply.header("x-none") is None


@pytest.mark.asyncio
async def test_a_body_and_headers(load: Load) -> None:
    host = await served(load)
    body = bytes(range(256)) * 100
    reply = await host.request(
        "POST", "/echo", headers={"Content-Type": "image/png"}, body=body, timeout_s=10
    )
    assert (reply.status, reply.header("X-Method"), reply.body) == (201, "POST", body)


@pytest.mark.asyncio
@pytest.mark.parametrize(("path", "status"), [("/missing", 404), ("/fail", 500), ("/fail-later", 500)])
async def test_errors_of_the_server_are_replies(load: Load, path: str, status: int) -> None:
    host = await served(load)
    assert (await host.request("GET", path, timeout_s=10)).status == status
    assert (await host.request("GET", "/users", timeout_s=10)).status == 200


@pytest.mark.asyncio
async def test_two_servers(load: Load) -> None:
    host = await load(EXPRESS, HARNESS)
    ports = [(await host.call("listen", ([user],), 10)).value for user in ("a", "b")]
    data = [(await host.request("GET", "/users", port=port, timeout_s=10)).json()["data"] for port in ports]
    assert data == [["a"], ["b"]]
    assert (await host.request("GET", "/users", timeout_s=10)).json()["data"] == ["b"]


@pytest.mark.asyncio
async def test_a_request_that_hangs(load: Load) -> None:
    host = await served(load)
    with pytest.raises(CandidateTimeout):
        await host.request("GET", "/hang", timeout_s=0.5)


@pytest.mark.asyncio
async def test_a_request_that_ends_the_process(load: Load) -> None:
    host = await served(load)
    with pytest.raises(CandidateCrash, match="exited with code 0"):
        await host.request("GET", "/exit", timeout_s=10)


@pytest.mark.asyncio
async def test_no_server(load: Load) -> None:
    host = await load("export const listen = () => 1;")
    for port in (None, 0, 70_000):
        with pytest.raises(CandidateError, match="no server listens"):
            await host.request("GET", "/", port=port, timeout_s=10)
    await host.call("listen", (), 10)
    with pytest.raises(CandidateError) as caught:
        await host.request("GET", "/", timeout_s=10)
    assert caught.value.type_name == "ECONNREFUSED"


RAW = """
import net from "node:net";
export function listen(text) {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => {
      socket.on("error", () => {});
      if (text === "reset") socket.resetAndDestroy();
      else if (text === "flood") flood(socket);
      else socket.end(text);
    });
    server.listen(0, "127.0.0.1", () => resolve(server.address().port));
  });
}
function flood(socket) {
  socket.write("HTTP/1.1 200 OK\\r\\n\\r\\n");
  const chunk = Buffer.alloc(1e6);
  const more = () => { while (!socket.destroyed && socket.write(chunk)); };
  socket.on("drain", more);
  more();
}
"""


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "type_name"),
    [
        ("reset", "ECONNRESET"),
        ("", "ECONNRESET"),
        ("no http\r\n\r\n", "HPE_INVALID_CONSTANT"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut", "ECONNRESET"),
        ("flood", "RangeError"),
    ],
)
async def test_servers_that_speak_no_http(load: Load, text: str, type_name: str) -> None:
    host = await load(RAW)
    await host.call("listen", (text,), 10)
    with pytest.raises(CandidateError) as caught:
        await host.request("GET", "/", timeout_s=20)
    assert caught.value.type_name == type_name


@pytest.mark.asyncio
async def test_repeated_headers(load: Load) -> None:
    host = await load(RAW)
    text = "HTTP/1.1 204 No Content\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nConnection: close\r\n\r\n"
    await host.call("listen", (text,), 10)
    reply = await host.request("DELETE", "/", timeout_s=10)
    assert reply.status == 204
    assert [value for name, value in reply.headers if name.lower() == "set-cookie"] == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("get", "/", {}),
        ("GET /", "/", {}),
        ("GET", "users", {}),
        ("GET", "", {}),
        ("GET", "/a b", {}),
        ("GET", "/é", {}),
        ("GET", "/\r\nX: 1", {}),
        ("GET", "/", {"X Y": "1"}),
        ("GET", "/", {"X": "1\r\nY: 2"}),
        ("GET", "/", {"X": "é"}),
    ],
)
def test_what_is_no_request(method: str, path: str, headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is no"):
        checked_request(method, path, headers, None)


@given(st.dictionaries(st.text(), st.integers()))
def test_json(value: dict[str, int]) -> None:
    assert HttpReply(status=200, headers=(), body=json.dumps(value).encode()).json() == value


def test_a_body_that_is_no_json_or_text() -> None:
    reply = HttpReply(status=200, headers=(), body=b"\xff<html>")
    assert reply.text == "�<html>"
    with pytest.raises(ValueError, match="decode"):
        reply.json()
