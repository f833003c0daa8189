"""The workshop: a sandbox with Go's toolchain, in which nothing of an answer is ever run.

What it says of an answer (that it compiles, what vet finds) is the tools' own verdict: no code of the
answer was near it. It is contained all the same, since a compiler reads hostile text there.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from pytest_llmbench.errors import CandidateCrash, CandidateTimeout, SandboxError
from pytest_llmbench.sandbox.base import MIB, Command, Limits, Mount, Sandbox, SandboxProcess
from pytest_llmbench.toolchains.go import RELEASE, command_line, go_environment, race_environment
from pytest_llmbench.toolchains.go_cache import GoToolchain
from pytest_llmbench.values import Value

T = TypeVar("T", bound=BaseModel)

_LIMITS = Limits(
    cpu_s=90,
    memory_bytes=1536 * MIB,
    processes=512,
    open_files=1024,
    tmp_bytes=128 * MIB,
)
_TIMEOUT_S = 180.0
_MAX_HEAD = 16 * MIB
_MAX_PROGRAM = 64 * MIB
_SAID = 300


class Problem(Value):
    """One thing that a tool found; `line` counts from 1, None for the file as a whole.

    `tool` is "parse", "refuse", "compile", "types", "go", "vet", "fix" or "check"; `rule` is the tool's
    own name for it.
    """

    tool: str
    rule: str
    line: int | None
    message: str


class Built(Value):
    """An answer's programs: the plain one, and the one with the race detector where it was asked for.

    Empty where it could not be built; `problems` then says why.
    """

    programs: tuple[bytes, ...] = Field(default=(), repr=False)
    problems: tuple[Problem, ...] = ()


class Declaration(Value):
    """A function, a method or a type at the top level.

    `statements`, `nesting` (levels of blocks) and `paths` (cyclomatic) measure a function's body;
    `words` are the names that its signature is made of.
    """

    name: str
    kind: str
    line: int
    doc: str
    parameters: tuple[str, ...] = ()
    results: int = 0
    statements: int = 0
    nesting: int = 0
    paths: int = 0
    words: tuple[str, ...] = ()


class CommentGroup(Value):
    """Comment lines that follow each other and document no declaration, with the code they stand at."""

    line: int
    lines: tuple[str, ...]
    code: str


class Inspection(Value):
    """What Go's tools and ours say of an answer's text.

    `unformatted` are the lines that gofmt would change. Without declarations where it does not parse.
    """

    problems: tuple[Problem, ...] = ()
    unformatted: tuple[int, ...] = ()
    code_lines: int = 0
    package_doc: str = ""
    declarations: tuple[Declaration, ...] = ()
    comments: tuple[CommentGroup, ...] = ()
    names: tuple[str, ...] = ()


class _Head(BaseModel):
    """What comes before the programs."""

    problems: list[dict[str, Any]] | None = None
    sizes: list[int] | None = None


class Workshop:
    """Builds and inspects answers.

    Args:
        sandbox: Where the tools run.
        toolchain: Go, with its warm cache.
    """

    def __init__(self, sandbox: Sandbox, toolchain: GoToolchain) -> None:
        self._sandbox = sandbox
        self._toolchain = toolchain

    async def build(self, code: str, harness: str | None, *, race: bool) -> Built:
        """Build an answer, with a task's harness beside it.

        Args:
            code: The answer, one file of a package of any name.
            harness: A file of the same package (its package clause is made to fit), or None.
            race: Whether to build it with the race detector too, where that is possible.

        Raises:
            CandidateTimeout: The compiler is not done in time.
            CandidateCrash: The compiler ended on it.
            SandboxError: Our side failed.
        """
        race = race and self._toolchain.compiler is not None
        job = {"kind": "build", "answer": code, "harness": harness or "", "race": race}
        process = await self._start(job)
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                head = _read(_Head, await _line(process))
                programs = [await _program(process, size) for size in head.sizes or ()]
        except TimeoutError:
            raise _late() from None
        finally:
            await process.kill()
        return Built(programs=tuple(programs), problems=_problems(head.problems))

    async def inspect(self, code: str, names: Sequence[str] = ()) -> Inspection:
        """Have an answer looked at by Go's tools and ours, without building it.

        Args:
            code: The answer.
            names: What it was asked to declare; empty where that is not known.

        Raises:
            CandidateTimeout: The tools are not done in time.
            CandidateCrash: A tool ended on it.
            SandboxError: Our side failed.
        """
        process = await self._start({"kind": "inspect", "answer": code, "names": list(names)})
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                given = _json(await _line(process))
        except TimeoutError:
            raise _late() from None
        finally:
            await process.kill()
        problems = _problems(given.pop("problems", None))
        return _read(Inspection, {**given, "problems": problems})

    async def _start(self, job: dict[str, object]) -> SandboxProcess:
        process = await self._sandbox.start(self._command())
        text = json.dumps({**job, "go": RELEASE})
        # Half a character, which a text can hold in Python, is none for a compiler.
        process.stdin.write(text.encode("utf-8", "replace"))
        process.stdin.close()
        return process

    def _command(self) -> Command:
        toolchain = self._toolchain
        compiler = toolchain.compiler
        shown = [toolchain.go.root, toolchain.tool, *toolchain.build_caches]
        if compiler is not None and compiler.folder is not None:
            shown.append(compiler.folder)
        cache = command_line(toolchain.tool, "cache", *toolchain.build_caches, "/work/cache")
        return Command(
            argv=(str(toolchain.tool), "work"),
            mounts=tuple(Mount(source=path, target=str(path)) for path in shown),
            env={
                **go_environment(toolchain.go),
                **({} if compiler is None else race_environment(compiler)),
                "GOCACHE": "/work/unused",
                "GOCACHEPROG": cache,
                "GOPATH": "/work/gopath",
                "GOTMPDIR": "/work",
                "ZIG_GLOBAL_CACHE_DIR": "/work/zig",
            },
            limits=_LIMITS,
        )


def _late() -> CandidateTimeout:
    return CandidateTimeout(f"Go's tools were not done with it after {_TIMEOUT_S:g} s")


async def _line(process: SandboxProcess) -> bytes:
    """The reply's first line, which is JSON."""
    pieces: list[bytes] = []
    while not pieces or not pieces[-1].endswith(b"\n"):
        try:
            piece = await process.stdout.readuntil(b"\n")
        except asyncio.LimitOverrunError as error:
            piece = await process.stdout.readexactly(error.consumed)
        except asyncio.IncompleteReadError:
            raise await _ended(process) from None
        pieces.append(piece)
        if sum(map(len, pieces)) > _MAX_HEAD:
            raise CandidateCrash("what Go's tools say of it is too long")
    return b"".join(pieces)


async def _program(process: SandboxProcess, size: int) -> bytes:
    if not 0 < size <= _MAX_PROGRAM:
        raise SandboxError(f"a program of {size} bytes")
    try:
        return await process.stdout.readexactly(size)
    except asyncio.IncompleteReadError:
        raise await _ended(process) from None


async def _ended(process: SandboxProcess) -> CandidateCrash | SandboxError:
    """Why there is no reply. A limit is reached by what is built; anything else is our failure."""
    await process.kill()
    fault = process.fault()
    if fault is not None:
        return CandidateCrash(f"building it took too much: {fault}")
    said = process.stderr_text().strip()[-_SAID:]
    return SandboxError(f"Go's tools ended: {said or f'exit code {await process.wait()}'}")


def _json(line: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError) as error:
        raise SandboxError(f"Go's tools said what is no JSON: {error}") from error


def _read(kind: type[T], given: object) -> T:
    try:
        return kind.model_validate_json(given) if isinstance(given, bytes) else kind.model_validate(given)
    except ValidationError as error:
        raise SandboxError(f"Go's tools said what they should not: {error}") from error


def _problems(given: list[dict[str, Any]] | None) -> tuple[Problem, ...]:
    return tuple(_read(Problem, {**found, "line": found.get("line") or None}) for found in given or ())
