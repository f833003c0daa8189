"""Answers and harnesses are loaded as modules, CommonJS ones too; what does not load says why."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.jsvalues import UNDEFINED
from pytest_llmbench.sandbox.node.host import NodeHost
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain

Load = Callable[..., Awaitable[NodeHost]]
pytestmark = pytest.mark.asyncio


async def value(host: NodeHost, name: str = "f", *args: object) -> object:
    return (await host.call(name, args, 10)).value


MODULES = [
    "export function f() { return 1; }",
    "const f = () => 1; export { f };",
    "const g = () => 1; export { g as f };",
    "import { EOL } from 'node:os'; export const f = () => EOL.length;",
    "const one = await Promise.resolve(1); export const f = () => one;",
    "// not module.exports, but\nexport const f = () => 1;",
    "import { createRequire as c } from 'node:module'; export const f = () => c('/')('node:os').EOL.length;",
]
COMMONJS = [
    "function f() { return 1; } module.exports = { f };",
    "module.exports.f = () => 1;",
    "exports.f = function () { return 1; };",
    "exports['f'] = () => 1;",
    "function f() { return 1; } module.exports = f;",
    "module.exports = function f() { return 1; };",
    "module . exports = { f: () => 1, 'not a name': 2, default: 3 };",
    "const os = require('os'); module.exports = { f: () => os.EOL.length };",
    "'use strict';\nconst { EOL } = require('node:os');\nexports.f = () => EOL.length; return;",
    "#!/usr/bin/env node\nmodule.exports = { f: () => 1 };",
    "if (require.main === module) { process.exit(5); } module.exports = { f: () => 1 };",
]


@pytest.mark.parametrize("code", [*MODULES, *COMMONJS])
async def test_kinds_of_modules(load: Load, code: str) -> None:
    assert await value(await load(code)) == 1


@pytest.mark.parametrize("code", [MODULES[0], COMMONJS[0], COMMONJS[4]])
async def test_a_harness_imports_the_answer(load: Load, code: str) -> None:
    host = await load(code, "import { f } from './answer.mjs'; export const g = () => f() + 1;")
    assert await value(host, "g") == 2
    assert await value(host, "f") == 1


async def test_the_harness_comes_first(load: Load) -> None:
    host = await load("export const f = () => 'answer';", "export const f = () => 'harness';")
    assert await value(host) == "harness"


async def test_a_harness_holds_functions_for_the_answer(load: Load) -> None:
    answer = "export async function twice(fetchFn) { return [await fetchFn('/a'), await fetchFn('/b')]; }"
    harness = """
        import * as answer from './answer.mjs';
        export async function run(replies) {
            const asked = [];
            return [await answer.twice(async (url) => { asked.push(url); return replies[url]; }), asked];
        }
    """
    assert await value(await load(answer, harness), "run", {"/a": 1, "/b": 2}) == [[1, 2], ["/a", "/b"]]


@pytest.mark.parametrize(
    "code",
    [
        "import express from 'express'; export const f = () => typeof express;",
        "const express = require('express'); exports.f = () => typeof express;",
    ],
)
async def test_express_is_there(load: Load, code: str) -> None:
    assert await value(await load(code)) == "function"


DOES_NOT_LOAD = [
    ("export const f = ;", "SyntaxError", "Unexpected token ';'"),
    ("export const f: number = 1;", "SyntaxError", "Missing initializer"),
    ("throw new RangeError('text');", "RangeError", "text"),
    ("import './missing.mjs';", "Error", "Cannot find module"),
    ("import nothing from 'lodash';", "Error", "Cannot find package 'lodash'"),
    ("require('lodash'); module.exports = {};", "Error", "Cannot find module 'lodash'"),
    ("await Promise.reject(new TypeError('text'));", "TypeError", "text"),
    ("export const f = 1; export const f = 2;", "SyntaxError", "Duplicate export|already been declared"),
]


@pytest.mark.parametrize(("code", "type_name", "message"), DOES_NOT_LOAD)
async def test_what_does_not_load(load: Load, code: str, type_name: str, message: str) -> None:
    with pytest.raises(CandidateError, match=message) as caught:
        await load(code)
    assert type(caught.value) is CandidateError
    assert caught.value.type_name == type_name


async def test_a_missing_export_ends_the_harness(load: Load) -> None:
    with pytest.raises(CandidateError, match="does not provide an export named 'createApp'") as caught:
        await load("export default 1;", "import { createApp } from './answer.mjs';")
    assert caught.value.type_name == "SyntaxError"


@pytest.mark.parametrize(
    "code", ["process.exit(0);", "setTimeout(() => { throw new Error('x') }); await new Promise(() => {});"]
)
async def test_it_ends_while_loading(load: Load, code: str) -> None:
    with pytest.raises(CandidateCrash):
        await load(code)


@pytest.mark.parametrize("code", ["for (;;);", "await new Promise(() => {});"])
async def test_it_never_loads(sandbox: Sandbox, toolchain: JavaScriptToolchain, code: str) -> None:
    launcher = NodeLauncher(sandbox, toolchain, Limits(), load_timeout_s=0.5)
    with pytest.raises(CandidateTimeout):
        await launcher.load(Source(code=code))


async def test_two_processes_share_nothing(load: Load) -> None:
    code = """
        import fs from 'node:fs';
        export const write = () => { globalThis.seen = 1; fs.writeFileSync('seen', ''); };
        export const read = () => [globalThis.seen, fs.existsSync('seen')];
    """
    one, other = await asyncio.gather(load(code), load(code))
    await value(one, "write")
    assert [await value(one, "read"), (await value(other, "read"))] == [[1, True], [UNDEFINED, False]]
