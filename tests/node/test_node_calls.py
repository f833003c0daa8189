"""Calls to an answer in Node: what they return, raise, leave behind, and how they end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateSlow, CandidateTimeout
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain

Load = Callable[..., Awaitable[NodeHost]]
pytestmark = pytest.mark.asyncio


async def raised(host: NodeHost, *args: object) -> CandidateError:
    with pytest.raises(CandidateError) as caught:
        await host.call("f", args, 10)
    assert type(caught.value) is CandidateError
    return caught.value


async def test_effects_on_arguments(load: Load) -> None:
    host = await load("export function f(a, b) { b.push(a.length); a.length = 0; return b; }")
    observation = await host.call("f", ([1, 2], [3]), 10)
    assert observation.value == [3, 2]
    assert observation.arguments == ([], [3, 2])
    assert observation.returned_argument == 1


@pytest.mark.parametrize(
    ("code", "returned"),
    [
        ("export const f = (a) => [...a];", None),
        ("export const f = async (a) => a;", 0),
        ("export const f = (a, b) => b;", None),  # the same number is not the same object
    ],
)
async def test_which_argument_came_back(load: Load, code: str, returned: int | None) -> None:
    host = await load(code)
    assert (await host.call("f", ([1], 5), 10)).returned_argument == returned


async def test_state_lives_on(load: Load) -> None:
    host = await load("let n = 0; export const f = () => ++n;")
    assert [(await host.call("f", (), 10)).value for _ in range(3)] == [1, 2, 3]


async def test_calls_at_once_wait_for_each_other(load: Load) -> None:
    host = await load(
        "let n = 0; const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));"
        "export async function f() { n += 1; await wait(5); return n--; }"
    )
    both = await asyncio.gather(host.call("f", (), 10), host.call("f", (), 10))
    assert [observation.value for observation in both] == [1, 1]


async def test_cpu_seconds(load: Load) -> None:
    host = await load(
        "export function f(ms) { const end = performance.now() + ms; while (performance.now() < end); }"
        "export const idle = () => new Promise((resolve) => setTimeout(resolve, 100));"
    )
    busy = (await host.call("f", (100,), 10)).cpu_s
    idle = (await host.call("idle", (), 10)).cpu_s
    assert busy is not None
    assert idle is not None
    assert busy > idle


ERRORS = [
    ("throw new TypeError('text')", "TypeError", "text"),
    ("null.x", "TypeError", "Cannot read properties of null (reading 'x')"),
    ("throw new (class ValidationError extends Error {})('text')", "ValidationError", "text"),
    ("throw Object.assign(new Error('text'), { name: 'NotFound' })", "NotFound", "text"),
    ("throw new DOMException('text', 'AbortError')", "AbortError", "text"),
    ("throw new Error('x'.repeat(1e6))", "Error", "x" * 2000),
    ("throw 'text'", "non-error throw", "text"),
    ("throw { message: 'text' }", "non-error throw", "a value of type Object"),
    ("throw undefined", "non-error throw", "a value of type undefined"),
    ("throw null", "non-error throw", "a value of type null"),
    ("throw new Proxy(new Error('text'), {})", "non-error throw", "a value of type Proxy"),
    (
        "const e = new Error(); Object.defineProperty(e, 'message', { get() { process.exit() } }); throw e",
        "Error",
        "",
    ),
    ("const e = new Error('text'); Object.setPrototypeOf(e, null); throw e", "Error", "text"),
    ("await Promise.reject(new RangeError('text'))", "RangeError", "text"),
    ("return Promise.reject(new RangeError('text'))", "RangeError", "text"),
    ("return { then() { throw new RangeError('text') } }", "RangeError", "text"),
    ("(function deep() { deep() })()", "RangeError", "Maximum call stack size exceeded"),
]


@pytest.mark.parametrize(("statement", "type_name", "message"), ERRORS)
async def test_what_is_thrown(load: Load, statement: str, type_name: str, message: str) -> None:
    host = await load(f"export async function f() {{ {statement}; }} export const ok = () => 1;")
    error = await raised(host)
    assert (error.type_name, error.message) == (type_name, message)
    assert (await host.call("ok", (), 10)).value == 1


async def test_a_name_that_is_not_exported(load: Load) -> None:
    error = await raised(await load("function f() {}"))
    assert (error.type_name, error.message) == ("ReferenceError", 'the answer does not export "f"')


async def test_a_name_that_is_no_function(load: Load) -> None:
    assert (await raised(await load("export const f = 1;"))).type_name == "TypeError"


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString", "then", ""])
async def test_names_that_every_object_has(load: Load, name: str) -> None:
    host = await load("export const f = 1;")
    with pytest.raises(CandidateError, match="does not export"):
        await host.call(name, (), 10)


LATE = """
export async function f() { Promise.reject(new TypeError("lost")); Promise.reject(1); return "fine"; }
export async function fail() { Promise.reject(new RangeError("lost too")); throw new Error("told"); }
export async function handled() { try { await Promise.reject(new Error("seen")); } catch { return 1; } }
export function later() { setTimeout(() => Promise.reject(new Error("afterwards")), 1); }
export const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
export const many = () => { for (let i = 0; i < 1000; i += 1) Promise.reject(i); };
"""


async def test_unhandled_rejections(load: Load) -> None:
    host = await load(LATE)

    async def rejections(name: str) -> tuple[str, ...]:
        return (await host.call(name, (), 10)).rejections

    assert await rejections("f") == ("TypeError: lost", "non-error throw: a value of type number")
    assert await rejections("handled") == ()
    with pytest.raises(CandidateError, match="told"):
        await host.call("fail", (), 10)
    assert await rejections("handled") == ("RangeError: lost too",)
    assert await rejections("later") == ()
    assert await rejections("wait") == ("Error: afterwards",)
    assert len(await rejections("many")) == 100


CRASHES = [
    ("process.exit(0)", "it exited with code 0"),
    ("process.exit(3)", "it exited with code 3"),
    ("setTimeout(() => process.exit(0), 1); await new Promise(() => {})", "it exited with code 0"),
    (
        "setTimeout(() => { throw new TypeError('text') }, 1); await new Promise(() => {})",
        "uncaught TypeError: text",
    ),
    ("process.abort()", "SIGABRT"),
    ("process.kill(process.pid, 'SIGKILL')", "SIGKILL"),
    ("process.reallyExit(0)", "exit code 0"),
]


@pytest.mark.parametrize(("statement", "text"), CRASHES)
async def test_how_it_crashes(load: Load, statement: str, text: str) -> None:
    host = await load(f"export async function f() {{ {statement}; }}")
    with pytest.raises(CandidateCrash, match=text):
        await host.call("f", (), 10)
    with pytest.raises(CandidateCrash, match=text):
        await host.call("f", (), 10)


async def test_it_ends_between_two_calls(load: Load) -> None:
    host = await load("export function f() { setTimeout(() => process.exit(0), 1); }")
    await host.call("f", (), 10)
    await asyncio.sleep(0.1)
    with pytest.raises(CandidateCrash, match="exit code 0"):
        await host.call("f", (), 10)


@pytest.mark.parametrize("body", ["for (;;);", "return new Promise(() => {});"])
async def test_no_end(load: Load, body: str) -> None:
    host = await load(f"export function f() {{ {body} }}")
    started = time.monotonic()
    with pytest.raises(CandidateTimeout, match=r"0\.3 s"):
        await host.call("f", (), 0.3)
    assert time.monotonic() - started < 5
    with pytest.raises(CandidateCrash):
        await host.call("f", (), 10)


async def test_cpu_time_is_limited(sandbox: Sandbox, toolchain: JavaScriptToolchain) -> None:
    launcher = NodeLauncher(sandbox, toolchain, Limits(cpu_s=1))
    host = await launcher.load(Source(code="export function f() { for (;;); }"))
    with pytest.raises(CandidateTimeout, match="CPU time"):
        await host.call("f", (), 60)
    await host.close()


async def test_cpu_time_of_one_call_is_limited(load: Load) -> None:
    host = await load("export function f(s) { const end = Date.now() + 1000 * s; while (Date.now() < end); }")
    seen = await host.call("f", (0.05,), 10, cpu_s=5)
    assert 0 < (seen.cpu_s or 0) < 5
    with pytest.raises(CandidateSlow, match=r"0\.2 s of CPU time"):
        await host.call("f", (60,), 60, cpu_s=0.2)


async def test_waiting_takes_no_cpu_time(load: Load) -> None:
    host = await load("export const f = (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms));")
    assert (await host.call("f", (500,), 10, cpu_s=0.3)).value == 500
    with pytest.raises(CandidateTimeout) as caught:
        await host.call("f", (60_000,), 0.3, cpu_s=0.3)
    assert not isinstance(caught.value, CandidateSlow)


@pytest.mark.parametrize(
    "statement",
    [
        "const all = []; for (;;) all.push(new Array(1e5).fill({}));",
        "const all = []; for (;;) all.push(Buffer.alloc(1e7, 1));",
    ],
)
async def test_memory_is_limited(sandbox: Sandbox, toolchain: JavaScriptToolchain, statement: str) -> None:
    launcher = NodeLauncher(sandbox, toolchain, Limits(cpu_s=20, memory_bytes=256 * MIB))
    host = await launcher.load(Source(code=f"export function f() {{ {statement} }}"))
    with pytest.raises(CandidateError) as caught:
        await host.call("f", (), 60)
    assert not isinstance(caught.value, CandidateTimeout)
    await host.close()


async def test_garbage_is_no_use_of_memory(sandbox: Sandbox, toolchain: JavaScriptToolchain) -> None:
    launcher = NodeLauncher(sandbox, toolchain, Limits(memory_bytes=256 * MIB))
    code = """
        export function f() {
          let total = 0;
          for (let i = 0; i < 800; i += 1) total += new Array(1e5).fill(i).length;
          return total;
        }
    """
    host = await launcher.load(Source(code=code))
    assert (await host.call("f", (), 60)).value == 800 * 1e5
    await host.close()


async def test_what_is_printed(load: Load) -> None:
    host = await load(
        "import fs from 'node:fs'; console.log('loading');"
        "export function f() { console.log('log'); console.error('error'); process.stdout.write('out\\n');"
        " fs.writeSync(1, 'file 1\\n'); return 1; }"
    )
    assert (await host.call("f", (), 10)).value == 1
    await asyncio.sleep(0.05)
    assert host.output() == "loading\nlog\nerror\nout\nfile 1\n"


async def test_much_that_is_printed(load: Load) -> None:
    host = await load(
        "export function f() { for (let i = 0; i < 2000; i += 1) console.log('x'.repeat(1000)); return 1; }"
    )
    assert (await host.call("f", (), 20)).value == 1
    assert len(host.output()) <= Limits().output_bytes


async def test_input_is_empty(load: Load) -> None:
    host = await load("import fs from 'node:fs'; export const f = () => fs.readFileSync(0, 'utf8');")
    assert (await host.call("f", (), 10)).value == ""


async def test_after_closing(load: Load) -> None:
    host = await load("export const f = () => 1;")
    await host.close()
    with pytest.raises(CandidateCrash, match="closed"):
        await host.call("f", (), 10)
