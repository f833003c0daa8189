"""What is not built, and what the compiler says of it."""

from __future__ import annotations

import asyncio

import pytest

from pytest_llmbench.errors import CandidateError, SandboxError
from pytest_llmbench.sandbox.base import MIB, Command, Sandbox, SandboxProcess
from pytest_llmbench.sandbox.golang.launcher import GoLauncher
from pytest_llmbench.sandbox.golang.workshop import Workshop
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.toolchains.go_cache import GoToolchain

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ('package main\n\nimport "C"\n', 3, 'the import of "C" is refused'),
        ("package main\n\nimport `C`\n", 3, 'the import of "C" is refused'),
        ('package main\n\nimport (\n\t"fmt"\n\t"answer/llmbench"\n)\n', 5, "refused"),
        ("package main\n\n//go:norace\nfunc f() {}\n", 3, '"//go:norace" is refused'),
        ('package main\n\nimport _ "unsafe"\n\n//go:linkname now time.now\nfunc now()\n', 5, "refused"),
        ('package main\n\nimport _ "embed"\n\n//go:embed *\nvar all string\n', 5, "refused"),
        ("//go:build !race\n\npackage main\n", 1, "refused"),
        ("// +build ignore\n\npackage main\n", 1, "refused"),
        ("package main\n\n//line other.go:1\nfunc f() {}\n", 3, "refused"),
        ("package main_test\n", 1, "a package of the name main_test is refused"),
        ("package main\n\nfunc TestMain() {}\n", 1, "TestMain is refused"),
        ("package main\n\nfunc f( {\n", 3, "expected ')', found '{'"),
        ("", 1, "expected 'package', found 'EOF'"),
        ('package main\n\nfunc f() int { return "a" }\n', 3, "as int value in return statement"),
        ('package main\n\nimport "os"\n', 3, '"os" imported and not used'),
        ('package main\n\nimport "github.com/a/b"\n\nvar _ = b.C\n', 3, "github.com/a/b"),
        ('package main\n\nimport "nowhere"\n\nvar _ = nowhere.C\n', 3, "nowhere is not in std"),
        ("package main\n\nfunc f() { g() }\n\nfunc g() { h() }\n", 5, "undefined: h"),
    ],
)
async def test_what_is_not_built(workshop: Workshop, code: str, line: int, said: str) -> None:
    built = await workshop.build(code, None, race=False)
    assert built.programs == ()
    assert built.problems[0].line == line
    assert said in built.problems[0].message


async def test_the_launcher_says_where(launcher: GoLauncher) -> None:
    with pytest.raises(CandidateError) as caught:
        await launcher.load(Source(code="package main\n\nfunc f() { g(); h() }\n"))
    assert caught.value.type_name == "CompileError"
    assert caught.value.message == "line 3: undefined: g\nline 3: undefined: h"


async def test_a_harness_that_is_not_go_is_no_fault_of_the_answers(workshop: Workshop) -> None:
    with pytest.raises(SandboxError, match="the harness: line 3"):
        await workshop.build("package main\n", "package main\n\nfunc (", race=False)


async def test_any_text_is_judged(workshop: Workshop) -> None:
    for code in (
        "package main\n\x00",
        'package main\n\nvar s = "\ud83d"\n',
        "\ufeffpackage main\n",
        "ä" * 1000,
    ):
        await workshop.build(code, None, race=False)


async def test_what_makes_the_compiler_grow_fails_by_itself(workshop: Workshop) -> None:
    # An array that large does not fit into a program.
    built = await workshop.build("package main\n\nvar a = [1 << 40]byte{1}\n", None, race=False)
    assert built.programs == ()
    assert built.problems


async def test_two_are_built_at_once(workshop: Workshop) -> None:
    codes = [f"package main\n\nfunc f() int {{ return {number} }}\n" for number in range(2)]
    both = await asyncio.gather(*(workshop.build(code, None, race=False) for code in codes))
    assert all(len(built.programs) == 1 for built in both)


class _Recorder:
    """Hands commands on to a sandbox, and keeps them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.level = sandbox.level
        self.holds = sandbox.holds
        self.commands: list[Command] = []

    async def start(self, command: Command) -> SandboxProcess:
        self.commands.append(command)
        return await self._sandbox.start(command)


async def test_the_cache_is_only_read(sandbox: Sandbox, toolchain: GoToolchain) -> None:
    def state() -> list[tuple[str, int, float]]:
        files = (p for cache in toolchain.build_caches for p in cache.rglob("*") if p.is_file())
        return sorted((str(p), p.stat().st_size, p.stat().st_mtime) for p in files)

    before = state()
    built = await Workshop(sandbox, toolchain).build(
        'package main\n\nimport "net/http"\n\nvar Client http.Client\n', None, race=False
    )
    assert len(built.programs[0]) > MIB
    assert state() == before


async def test_nothing_of_the_machine_is_shown_but_the_toolchain(
    sandbox: Sandbox, toolchain: GoToolchain
) -> None:
    recorder = _Recorder(sandbox)
    host = await GoLauncher(recorder, toolchain, Command(argv=()).limits).load(
        Source(code="package main\n\nfunc One() int { return 1 }\n")
    )
    await host.close()
    building, running = recorder.commands
    assert {mount.source for mount in building.mounts} == {
        toolchain.go.root,
        toolchain.tool,
        *toolchain.build_caches,
    }
    assert [mount.source for mount in running.mounts] == [toolchain.tool]
    assert running.env == {"LLMBENCH_ROLE": "host"}
