"""TypeScript is compiled by the real compiler, in a sandbox of its own, and then runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.jsvalues import JsMap
from pytest_llmbench.sandbox.node.typescript import COMPILER_LIMITS, Compiled, Diagnostic, compile_typescript
from pytest_llmbench.sandbox.node.typescript_launcher import TypeScriptLauncher
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain

pytestmark = pytest.mark.asyncio


class Compiler:
    def __init__(self, sandbox: Sandbox, toolchain: JavaScriptToolchain) -> None:
        self.sandbox = sandbox
        self.toolchain = toolchain

    async def __call__(self, source: str, **files: str) -> Compiled:
        extra = {f"{name}.ts": text for name, text in files.items()}
        return await compile_typescript(self.sandbox, self.toolchain, source, extra)


@pytest.fixture
def compiled(sandbox: Sandbox, toolchain: JavaScriptToolchain) -> Compiler:
    return Compiler(sandbox, toolchain)


async def test_an_answer_without_errors(compiled: Compiler) -> None:
    found = await compiled("/** Doubles. */\nexport const f = (x: number): number => 2 * x;\n")
    assert found.diagnostics == ()
    assert found.code == "/** Doubles. */\nexport const f = (x) => 2 * x;\n"


async def test_errors_of_type(compiled: Compiler) -> None:
    found = await compiled('export const f = (x: number): string => x;\nconst n: number = "é";\n')
    assert found.errors == found.diagnostics
    assert found.diagnostics[0] == Diagnostic(
        file="answer.ts",
        line=1,
        column=41,
        code=2322,
        message="Type 'number' is not assignable to type 'string'.",
    )
    assert (found.diagnostics[1].line, found.diagnostics[1].column) == (2, 7)
    assert found.code is not None
    assert "export const f = (x) => x;" in found.code


async def test_a_message_of_several_lines(compiled: Compiler) -> None:
    (found,) = (
        await compiled(
            "export const f: () => { a: { b: number } } = () => ({ a: { b: 'x' } }) as { a: { b: string } };"
        )
    ).diagnostics
    assert len(found.message.splitlines()) > 1


async def test_errors_of_syntax(compiled: Compiler) -> None:
    found = await compiled("export const f = (x: number => x;")
    assert found.errors
    assert {diagnostic.file for diagnostic in found.errors} == {"answer.ts"}


STRICT = [
    ("export function f(x) { return x; }", 7006),
    ("export const f = (x: string | null): number => x.length;", 18047),
    ("export class A { x: number; }", 2564),
    ("export function f(this: void) { try { throw 1; } catch (e) { return e.message; } }", 18046),
    ("import lodash from 'lodash'; export const f = lodash;", 2307),
]


@pytest.mark.parametrize(("source", "code"), STRICT)
async def test_it_is_strict(compiled: Compiler, source: str, code: int) -> None:
    assert [found.code for found in (await compiled(source)).errors] == [code]


LIBRARIES = [
    "export const f = async (url: URL): Promise<Response> => fetch(url);",
    "export const f = (element: HTMLElement): void => element.remove();",
    "import { readFile } from 'node:fs/promises'; export const f: Promise<string> = readFile('a', 'utf8');",
    "export const f = (): string => process.version + Buffer.from('a').toString();",
    "import express, { type Request } from 'express'; export const f = (r: Request) => [r.query, express()];",
    "export const f = (xs: readonly number[]): number[] => xs.toSorted().with(0, 1);",
    "export const f = (xs: Set<number>): Set<number> => xs.union(new Set([1]));",
    "export const f = (xs: Map<number, number>): number[] => xs.values().map((x) => x + 1).toArray();",
    "export const f = Object.groupBy([1, 2], (x) => (x > 1 ? 'a' : 'b'));",
    "export enum Colour { Red } export namespace N { export const f = 1; }",
    "export class A { constructor(private readonly x: number) {} get() { return this.x; } }",
]


@pytest.mark.parametrize("source", LIBRARIES)
async def test_what_is_known(compiled: Compiler, source: str) -> None:
    found = await compiled(source)
    assert found.diagnostics == ()
    assert found.code


async def test_type_level_checks(compiled: Compiler) -> None:
    source = "export function first<T>(xs: readonly T[]): T | undefined { return xs[0]; }"
    checks = """
        import { first } from "./answer.js";
        const right: string | undefined = first(["a"]);
        // @ts-expect-error a number is no string
        const wrong: string = first([1]);
        // @ts-expect-error that is no error
        const fine: number | undefined = first([1]);
        export { right, wrong, fine };
    """
    found = await compiled(source, checks=checks)
    assert [(one.file, one.line, one.code) for one in found.errors] == [("checks.ts", 6, 2578)]
    assert found.code is not None
    assert "checks" not in found.code


@pytest.mark.parametrize(
    "name", ["answer.ts", "tsconfig.json", "../checks.ts", "a b.ts", "$(id).ts", ".ts", "checks.ts\n"]
)
async def test_names_of_further_files(sandbox: Sandbox, toolchain: JavaScriptToolchain, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a further file"):
        await compile_typescript(sandbox, toolchain, "", {name: ""})


@pytest.mark.parametrize(
    "source",
    [
        "// 'EOF' \"$(exit 7)\" `exit 7` \\ %s $1\nexport const f = '$HOME';",
        "\ufeffexport const f = 1;\r\n// \0 \U0001f600\r\n",
        "",
        "// @ts-nocheck\nexport const f = 1;",
    ],
)
async def test_texts_that_a_shell_might_read(compiled: Compiler, source: str) -> None:
    found = await compiled(source)
    assert found.code is not None
    assert not found.errors


async def test_a_large_answer(compiled: Compiler) -> None:
    source = "".join(f"export const f{n}: number = {n};\n" for n in range(20_000))
    found = await compiled(source)
    assert not found.diagnostics
    assert found.code is not None
    assert found.code.endswith("export const f19999 = 19999;\n")


async def test_very_many_errors(compiled: Compiler) -> None:
    source = "".join(f"export const f{n}: string = {n};\n" for n in range(2_000))
    assert len((await compiled(source)).errors) == 2_000


HOSTILE = """
type Wide<T extends 0[]> = T["length"] extends 12 ? T : Wide<[...T, 0]> | Wide<[0, ...T]>;
type Product<A extends string> = `${A}${A}${A}`;
type D = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
export const f: Product<Product<D>> = "x" as unknown as Product<Product<D>>;
"""


async def test_types_that_are_too_complex_are_errors(compiled: Compiler) -> None:
    found = await compiled(HOSTILE)
    assert found.errors


async def test_time_is_limited(sandbox: Sandbox, toolchain: JavaScriptToolchain) -> None:
    with pytest.raises(CandidateTimeout, match="not done after"):
        await compile_typescript(sandbox, toolchain, "export const f = 1;", timeout_s=0.01)


async def test_a_compiler_that_dies(sandbox: Sandbox, toolchain: JavaScriptToolchain) -> None:
    with pytest.raises(CandidateCrash, match="the TypeScript compiler ended"):
        await compile_typescript(sandbox, toolchain, "", limits=Limits(memory_bytes=2 * MIB))


@pytest.fixture
def launcher(sandbox: Sandbox, toolchain: JavaScriptToolchain) -> TypeScriptLauncher:
    return TypeScriptLauncher(sandbox, toolchain, Limits())


@pytest.fixture
def busy_compiler(toolchain: JavaScriptToolchain, tmp_path: Path) -> JavaScriptToolchain:
    """A compiler that starts as many processes as the real one starts threads where the disk is slow."""
    compiler = tmp_path / "tsc"
    compiler.write_text(
        "#!/bin/sh\nset -e\nmkdir out\n"
        "for i in $(seq 150); do sleep 20 & done\necho 'export {};' >out/answer.js\n"
    )
    for path in (compiler, tmp_path):
        path.chmod(0o755)
    return toolchain.model_copy(update={"modules": tmp_path, "tsc": compiler})


async def test_a_compiler_with_very_many_threads(
    sandbox: Sandbox, busy_compiler: JavaScriptToolchain
) -> None:
    assert (await compile_typescript(sandbox, busy_compiler, "export {};")).code == "export {};\n"
    few = COMPILER_LIMITS.model_copy(update={"processes": 64})
    with pytest.raises(CandidateCrash, match="fork"):
        await compile_typescript(sandbox, busy_compiler, "export {};", limits=few)


async def test_it_runs(launcher: TypeScriptLauncher) -> None:
    code = """
        export const sizes = (m: ReadonlyMap<string, number[]>): Map<string, number> =>
            new Map([...m].map(([k, v]) => [k, v.length]));
    """
    harness = "import * as answer from './answer.mjs'; export const none = () => answer.sizes(new Map());"
    host = await launcher.load(Source(code=code, harness=harness))
    assert (await host.call("sizes", (JsMap([("a", [1, 2])]),), 10)).value == JsMap([("a", 2)])
    assert (await host.call("none", (), 10)).value == JsMap()
    await host.close()


async def test_it_runs_with_errors_of_type(launcher: TypeScriptLauncher) -> None:
    host = await launcher.load(Source(code="export const f = (x: number): string => x;"))
    assert (await host.call("f", (1,), 10)).value == 1
    await host.close()


async def test_what_has_no_syntax_does_not_run(launcher: TypeScriptLauncher) -> None:
    with pytest.raises(CandidateError):
        await launcher.load(Source(code="This is prose, and no code at all."))


async def test_nothing_of_the_machine_is_shown(compiled: Compiler) -> None:
    here = Path(__file__).parent
    found = await compiled(
        f"/// <reference path='{here}/secret.d.ts' />\n"
        f"import s from '{here}/package.json' with {{ type: 'json' }};\nexport const f = s;"
    )
    assert sorted(one.code for one in found.errors) == [2307, 6053]
