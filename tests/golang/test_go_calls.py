"""Go answers are called; what they do to their own process harms nobody but themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
from pytest_llmbench.sandbox.base import Limits, Sandbox
from pytest_llmbench.sandbox.golang.launcher import GoLauncher, KeptPrograms
from pytest_llmbench.sandbox.golang.workshop import Built, Problem
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.toolchains.go_cache import GoToolchain

pytestmark = pytest.mark.asyncio

Load = Callable[..., Awaitable[PipeHost]]

PROGRAM = """\
package main

import "fmt"

var count int

func next() int { count++; return count }

func greet(name string) string { fmt.Println("greeting", name); return "hello " + name }

func generic[T any](value T) T { return value }

type counter struct{}

func (counter) method() int { return 1 }

func init() { fmt.Println("loading") }

func main() { panic("main is never run") }
"""


async def test_functions_are_called_and_keep_state(load: Load) -> None:
    host = await load(PROGRAM)
    assert [(await host.call("next", (), 5)).value for _ in range(3)] == [1, 2, 3]
    assert (await host.call("greet", ("you",), 5)).value == "hello you"


async def test_what_is_printed_is_no_reply(load: Load) -> None:
    host = await load(PROGRAM)
    await host.call("greet", ("you",), 5)
    assert host.output() == "loading\ngreeting you\n"


@pytest.mark.parametrize("name", ["main", "init", "generic", "method", "nowhere", "TestMain"])
async def test_what_cannot_be_called_by_name(load: Load, name: str) -> None:
    host = await load(PROGRAM)
    with pytest.raises(CandidateError) as caught:
        await host.call(name, (), 5)
    assert caught.value.type_name == "NameError"


@pytest.mark.parametrize("package", ["main", "flatten", "llm"])
async def test_any_package_will_do(load: Load, package: str) -> None:
    host = await load(f"package {package}\n\nfunc One() int {{ return 1 }}\n")
    assert (await host.call("One", (), 5)).value == 1


async def test_a_second_process_starts_anew_without_a_second_build(load: Load) -> None:
    first, second = await load(PROGRAM), await load(PROGRAM)
    await first.call("next", (), 5)
    assert (await second.call("next", (), 5)).value == 1


HOSTILE = """\
package main

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func panics() int          { return strings.Index("a", "b") + []int{}[len(os.Args)] }
func leaves() int          { os.Exit(0); return 1 }
func gives_up() int        { runtime.Goexit(); return 1 }
func loops()               { for { } }
func waits()               { time.Sleep(time.Hour) }
func elsewhere() int       { go func() { panic("elsewhere") }(); time.Sleep(time.Minute); return 1 }
func forges()              {
	for descriptor := range 64 {
		syscall.Write(descriptor, []byte("\\x00\\x00\\x00\\x1c[\\"ok\\",\\"ready\\",null,[],null]  "))
	}
}
func floods() string       { for { os.Stdout.WriteString(strings.Repeat("x", 1<<16)) } }
func grows() []string      { kept := []string{}; for { kept = append(kept, strings.Repeat("x", 1<<24)) } }
func deep(n int) int       { return deep(n+1) + 1 }
func role() string         { return os.Getenv("LLMBENCH_ROLE") }
func source() []string     {
	found := []string{}
	for _, path := range []string{"/work/src", "/app", "/work", "/root", "/home"} {
		entries, _ := os.ReadDir(path)
		for _, entry := range entries { found = append(found, path + "/" + entry.Name()) }
	}
	return found
}
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [("panics", "index out of range"), ("gives_up", "ended itself")],
)
async def test_a_panic_is_told_and_the_process_goes_on(load: Load, name: str, said: str) -> None:
    host = await load(HOSTILE)
    with pytest.raises(CandidateError) as caught:
        await host.call(name, (), 5)
    assert (caught.value.type_name, said in caught.value.message) == ("panic", True)
    assert (await host.call("role", (), 5)).value == ""


@pytest.mark.parametrize("name", ["leaves", "elsewhere", "forges", "floods", "grows"])
async def test_what_ends_the_process_is_a_crash(load: Load, name: str) -> None:
    host = await load(HOSTILE)
    with pytest.raises(CandidateCrash):
        await host.call(name, (), 20)


async def test_a_stack_without_end_is_a_crash(load: Load) -> None:
    host = await load(HOSTILE)
    with pytest.raises(CandidateCrash):
        await host.call("deep", (1,), 30)


@pytest.mark.parametrize("name", ["loops", "waits"])
async def test_what_takes_too_long_is_a_time_out(load: Load, name: str) -> None:
    host = await load(HOSTILE)
    with pytest.raises(CandidateTimeout):
        await host.call(name, (), 0.5)


async def test_neither_toolchain_nor_source_is_there(load: Load) -> None:
    host = await load(HOSTILE)
    assert (await host.call("source", (), 5)).value == ["/app/llmbenchtool", "/work/answer"]


@pytest.mark.parametrize(
    ("init", "error"),
    [
        ("os.Exit(0)", CandidateCrash),
        ('panic("at the start")', CandidateCrash),
        ("for { }", CandidateTimeout),
    ],
)
async def test_an_answer_that_does_not_load(
    launcher: GoLauncher, init: str, error: type[CandidateError]
) -> None:
    code = f'package main\n\nimport "os"\n\nvar _ = os.Args\n\nfunc init() {{ {init} }}\n'
    impatient = GoLauncher(launcher._sandbox, launcher.toolchain, launcher._limits, load_timeout_s=1)
    with pytest.raises(error):
        await impatient.load(Source(code=code))


# ---- harnesses ----

BESIDE = """\
package anything

func twice() string { return greet("a") + greet("b") }
"""

APART = """\
package harness

import (
	"fmt"

	"answer/llmbench"
)

var count = 100

func next() int { count++; return count }

func call(name string) (string, error) {
	greet, ok := llmbench.Answer("greet").(func(string) string)
	if !ok {
		return "", fmt.Errorf("greet is a %T", llmbench.Answer("greet"))
	}
	return greet(name), nil
}

func child() { fmt.Print("here") }

func again() (string, error) {
	printed, err := llmbench.Again("child", false).Output()
	return string(printed), err
}
"""


async def test_a_harness_of_the_answers_own_package(load: Load) -> None:
    host = await load(PROGRAM, BESIDE)
    assert (await host.call("twice", (), 5)).value == "hello ahello b"


async def test_a_harness_of_its_own_package_comes_first_and_clashes_with_nothing(load: Load) -> None:
    host = await load(PROGRAM, APART)
    assert (await host.call("next", (), 5)).value == 101
    assert (await host.call("call", ("you",), 5)).value == "hello you"


async def test_a_harness_starts_the_program_once_more(load: Load) -> None:
    host = await load(PROGRAM, APART)
    # The child loads the answer too, which prints as it loads.
    assert (await host.call("again", (), 5)).value == "loading\nhere"


async def test_a_function_of_another_type_is_told(load: Load) -> None:
    host = await load("package main\n\nfunc greet(n int) int { return n }\n", APART)
    with pytest.raises(CandidateError, match=r"greet is a func\(int\) int"):
        await host.call("call", ("you",), 5)


async def test_an_answer_that_does_not_fit_the_harness(load: Load) -> None:
    with pytest.raises(CandidateError) as caught:
        await load("package main\n\nfunc greet(n int) int { return n }\n", BESIDE)
    assert caught.value.type_name == "CompileError"
    assert "in the task's harness, line 3" in caught.value.message


async def test_what_was_built_before_is_not_built_again(sandbox: Sandbox, toolchain: GoToolchain) -> None:
    kept = KeptPrograms(2)
    source = Source(code="package answer\n\nfunc f() int { return 1 }\n")
    host = await GoLauncher(sandbox, toolchain, Limits(cpu_s=10), kept=kept).load(source)
    assert (await host.call("f", (), 10)).value == 1
    await host.close()
    assert kept.get(source) is not None
    told = Problem(tool="compile", rule="compile", line=1, message="as it was before")
    kept.keep(source, Built(problems=(told,)))
    with pytest.raises(CandidateError, match="line 1: as it was before"):
        await GoLauncher(sandbox, toolchain, Limits(cpu_s=10), kept=kept).load(source)
