"""What a candidate offers beyond calls: HTTP, the compiler's word, the syntax tree, the references."""

from __future__ import annotations

import pytest
from memoryhost import MemoryLauncher

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.errors import CandidateCrash, CandidateError, TaskError
from pytest_llmbench.sandbox.base import Limits
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.node.launcher import NodeLauncher
from pytest_llmbench.sandbox.node.typescript_launcher import KeptCode, TypeScriptLauncher
from pytest_llmbench.scoring.candidate import Candidate
from pytest_llmbench.tasks.task import TaskLimits
from pytest_llmbench.toolchains.javascript import prepare_javascript

pytestmark = pytest.mark.asyncio

SERVER = """
import http from "node:http";
export function listen() {
  const server = http.createServer((request, response) => {
    if (request.url === "/end") process.exit(1);
    response.setHeader("content-type", "text/plain");
    response.end(`${request.method} ${request.url} ${request.headers["x-word"] ?? ""}`);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}
"""
TYPED = "export function half(value: number): number {\n  return value / 2;\n}\n"


@pytest.fixture(scope="module")
def toolchain(languages):
    import os

    return prepare_javascript(os.environ)


@pytest.fixture
def candidate(sandbox, toolchain):
    def make(code, language="javascript", **given):
        limits = Limits(cpu_s=5)
        makers = {
            "javascript": lambda: NodeLauncher(sandbox, toolchain, limits),
            "typescript": lambda: TypeScriptLauncher(sandbox, toolchain, limits, kept=KeptCode(1)),
            "python": MemoryLauncher,
        }
        return Candidate(
            makers[language](),
            Answer(code=code, found="given"),
            harness=None,
            limits=TaskLimits(call_timeout_s=5),
            completion=None,
            language=language,
            **given,
        )

    return make


async def test_a_server_of_the_answer_is_asked(candidate):
    one = candidate(SERVER)
    await one.call("listen")
    reply = await one.request("POST", "/a?b=1", headers={"x-word": "hello"}, body=b"text")
    assert (reply.status, reply.text, reply.header("Content-Type")) == (
        200,
        "POST /a?b=1 hello",
        "text/plain",
    )
    await one.close()


async def test_nobody_listens(candidate):
    one = candidate("export const nothing = 1;")
    with pytest.raises(CandidateError) as raised:
        await one.request("GET", "/")
    assert raised.value.type_name == "ECONNREFUSED"
    await one.close()


async def test_a_server_that_ends_its_process_is_started_anew(candidate):
    one = candidate(SERVER)
    await one.call("listen")
    with pytest.raises(CandidateCrash):
        await one.request("GET", "/end")
    port = await one.call("listen")
    assert (await one.request("GET", "/", port=port)).status == 200
    await one.close()


async def test_a_request_that_is_none_is_the_authors_mistake(candidate):
    one = candidate(SERVER)
    await one.call("listen")
    with pytest.raises(TaskError, match="is no path"):
        await one.request("GET", "no path")
    await one.close()


async def test_a_language_without_servers_says_so(candidate):
    with pytest.raises(TaskError, match="a python answer cannot be asked over HTTP"):
        await candidate("x = 1", "python").request("GET", "/")


async def test_the_compiler_is_asked_of_an_answer_and_of_its_use(candidate):
    one = candidate(TYPED + "export const wrong: string = half(4);\n", "typescript")
    found = await one.diagnostics()
    assert [(d.code, d.line) for d in found] == [(2322, 4)]
    use = 'import { half } from "./answer.js";\n// @ts-expect-error a text\nhalf("4");\nhalf(4, 2);\n'
    assert [(d.code, d.line) for d in await one.check_types(use)] == [(2554, 4)]
    assert await one.call("half", 4) == 2
    await one.close()


async def test_types_asked_for_first_cost_one_run_of_the_compiler(sandbox, toolchain):
    kept = KeptCode(1)
    launcher = TypeScriptLauncher(sandbox, toolchain, Limits(cpu_s=5), kept=kept)
    code = TYPED + "export const wrong: string = half(4);\n"
    use = 'import { half } from "./answer.js";\nhalf("4");\n'
    both = await launcher.diagnose(code, {"checks.ts": use})
    assert sorted((d.file, d.code, d.line) for d in both) == [("answer.ts", 2322, 4), ("checks.ts", 2345, 2)]
    found = kept.get(code)
    assert found is not None
    alone = TypeScriptLauncher(sandbox, toolchain, Limits(cpu_s=5))
    assert found.diagnostics == await launcher.diagnose(code) == await alone.diagnose(code)
    host = await launcher.load(Source(code=code))
    assert (await host.call("half", (4,), 5)).value == 2
    await host.close()


async def test_a_language_without_a_compiler_says_so(candidate):
    for asked in ("diagnostics", "check_types"):
        one = candidate("x = 1", "python")
        with pytest.raises(TaskError, match=f"candidate.{asked}: python has no compiler that checks types"):
            await (one.diagnostics() if asked == "diagnostics" else one.check_types(""))


async def test_nodes_of_the_syntax_tree(candidate):
    code = "// as any\nlet a = b as any;\nlet c = !d!;\nlet e = f as const;\n"
    one = candidate(code, "typescript")
    assert [(n.kind, n.line) for n in one.nodes("as_expression")] == [
        ("as_expression", 2),
        ("as_expression", 4),
    ]
    assert [(n.text, n.parent) for n in one.nodes("!")] == [
        ("!", "unary_expression"),
        ("!", "non_null_expression"),
    ]
    assert one.nodes("no such kind") == ()


async def test_references_run_beside_an_answer(candidate):
    fast = "export function work() { return 1; }"
    broken = "export function work() { throw new Error('no'); }"
    one = candidate("export function work() { return 2; }", references=(fast, broken))
    first, second = one.references()
    assert (await first.observe("work")).value == 1
    assert await one.call("work") == 2
    with pytest.raises(TaskError, match=r"a reference .* failed: Error: no"):
        await second.call("work")
    assert one.references() == (first, second)
    await one.close()
    assert candidate(fast).references() == ()
