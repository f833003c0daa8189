"""An answer that replaces what is built in, or speaks in the host's place, changes nothing for the judge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from pytest_llmbench.errors import CandidateCrash, CandidateError
from pytest_llmbench.sandbox.host import Opaque
from pytest_llmbench.sandbox.jsvalues import BigInt, JsMap
from pytest_llmbench.sandbox.node.host import NodeHost

Load = Callable[..., Awaitable[NodeHost]]
pytestmark = pytest.mark.asyncio

PATCHES = [
    "JSON.stringify = () => '1'; JSON.parse = () => 1;",
    "Object.prototype.toJSON = () => 1; Array.prototype.toJSON = () => 1; String.prototype.toJSON = () => 1;",
    "Map.prototype.entries = Map.prototype.forEach = Map.prototype[Symbol.iterator] = () => [];",
    "Set.prototype.values = Set.prototype.has = Set.prototype.add = () => true;",
    "Array.prototype.map = Array.prototype.push = Array.prototype.join = () => 'patched';",
    "Array.prototype[Symbol.iterator] = function* () {};",
    "Object.getPrototypeOf(new Map().entries()).next = () => ({ done: true });",
    "Promise.prototype.then = function (resolve) { resolve('patched'); return this; };",
    "globalThis.Promise = class { static resolve() {} }; globalThis.Map = globalThis.Set = class {};",
    "globalThis.setImmediate = globalThis.setTimeout = globalThis.queueMicrotask = () => 1;",
    "process.nextTick = () => 1;",
    "Reflect.ownKeys = Object.keys = () => []; Reflect.getPrototypeOf = Object.getPrototypeOf = () => null;",
    "Reflect.apply = () => 'patched'; Function.prototype.bind = () => 'patched';",
    "Object.prototype.value = 1; Object.prototype.get = () => 1; Object.prototype.enumerable = true;",
    "Buffer.from = () => 'patched'; Buffer.concat = () => 'patched'; Buffer.alloc = () => 'patched';",
    "BigInt.prototype.toString = Number.prototype.toString = String.prototype.slice = () => 'patched';",
    "Number.isInteger = Number.isSafeInteger = Array.isArray = Object.is = () => false;",
    "import fs from 'fs'; import m from 'module'; fs.writeSync = () => 0; m.syncBuiltinESMExports();",
    "import util from 'node:util'; util.types.isProxy = () => false; util.types.isMap = () => true;",
    "process.cpuUsage = () => ({ user: 1e9, system: 1e9 });",
    "Object.defineProperty(Object.prototype, '__proto__', { set() { process.exit() } });",
]


@pytest.mark.parametrize("patch", PATCHES)
async def test_patched_builtins(load: Load, patch: str) -> None:
    sent = {"a": [1, -2.5, "text"], "m": JsMap([("k", {1, 2})]), "b": b"ab", "n": BigInt(3)}
    host = await load(f"export const f = async (x) => x;\n{patch}")
    for _ in range(2):
        observation = await host.call("f", (sent,), 10)
        assert observation.value == sent
        assert observation.arguments == (sent,)
        assert observation.cpu_s is not None
        assert observation.cpu_s < 100


async def test_patched_while_it_is_called(load: Load) -> None:
    host = await load(
        "export function f() { JSON.stringify = Reflect.ownKeys = () => { throw 1; }; return { a: [1] }; }"
    )
    assert (await host.call("f", (), 10)).value == {"a": [1]}


FORGED_REPLIES = [
    ('["ok","none",[1,[],0],[],null]', "another request"),
    ('["ok","none",', "not a message"),
    ("1", "not a message"),
    ('{"$":"dict","v":[]}', "not a message"),
    ('["ok","ready",null,[],null]', "another request"),
]
FORGE = """
import fs from "node:fs";
export function f(text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  fs.writeSync(4, Buffer.concat([head, body]));
  return "honest";
}
export function raw(text) { fs.writeSync(4, text); return "honest"; }
export function close() { fs.closeSync(4); return "honest"; }
"""


@pytest.mark.parametrize(("text", "reason"), FORGED_REPLIES)
async def test_forged_replies(load: Load, text: str, reason: str) -> None:
    host = await load(FORGE)
    with pytest.raises(CandidateCrash, match=reason):
        await host.call("f", (text,), 10)
    with pytest.raises(CandidateCrash):
        await host.call("raw", ("",), 10)


@pytest.mark.parametrize("text", ["\xff\xff\xff\xff", "HTTP/1.1 200 OK\r\n"])
async def test_bytes_that_are_no_frame(load: Load, text: str) -> None:
    host = await load(FORGE)
    with pytest.raises(CandidateCrash):
        await host.call("raw", (text,), 10)


async def test_a_closed_pipe(load: Load) -> None:
    host = await load(FORGE)
    with pytest.raises(CandidateError):
        await host.call("close", (), 10)


FORGED_SHAPES = [
    '[1,[],0],["x"],3',
    "[1,[],0],[],null",
    "[1,[],0],[1,2],null",
    "[1,[]],[1],null",
    "1,[1],null",
    "[1,1,0],[1],null",
    "[1,[],0],1,null",
]


@pytest.mark.parametrize("rest", FORGED_SHAPES)
async def test_replies_of_another_shape(load: Load, rest: str) -> None:
    """With the right id, which code in the same process can find out."""
    host = await load(FORGE)
    host._new_id = lambda: "known"
    with pytest.raises(CandidateCrash, match="not a message"):
        await host.call("f", (f'["ok","known",{rest}]',), 10)


async def test_the_host_gives_its_modules_no_power(load: Load) -> None:
    code = """
        export async function f() {
          const host = await import(process.argv[1]);
          return [Object.keys(host), process.argv.length];
        }
    """
    names, _ = (await (await load(code)).call("f", (), 10)).value
    assert names == []


async def test_the_own_class_of_errors_is_no_way_out(load: Load) -> None:
    code = """
        export async function f() {
          const { Failure } = await import(process.argv[1].replace("node_host", "names"));
          throw new Failure("crash", "told so");
        }
    """
    host = await load(code)
    with pytest.raises(CandidateCrash, match="told so"):
        await host.call("f", (), 10)


async def test_opaque_equals_nothing(load: Load) -> None:
    host = await load(
        "export const f = () => new (class { valueOf() { return 1 } [Symbol.toPrimitive]() { return 1 } })()"
    )
    value = (await host.call("f", (), 10)).value
    assert isinstance(value, Opaque)
    assert value != 1
